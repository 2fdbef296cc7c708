"""The language of a text, and how sure the guess is."""
# ruff: noqa: RUF001 other languages have other marks

import pytest

from pitchpipe_components.filters import language
from tests.components.filters.talks import PLAIN, dropped, reply, talk

GERMAN = "Das ist ein deutscher Satz, der lang genug ist, um als solcher erkannt zu werden."


@pytest.mark.parametrize(
    ("text", "keep", "keeps"),
    [(PLAIN, ("en",), True), (GERMAN, ("en",), False), (GERMAN, ("en", "de"), True), ("Paris.", ("de",), True),
     ("```\nfor each item in the list print the name of the item and then stop\n```", ("de",), True), ("这是一个用中文写的句子，它足够长，可以被识别出来。" * 3, ("zh",), True)],
)  # fmt: skip
def test_language(text, keep, keeps):
    assert (dropped(language(reply(text), keep=keep)) is None) == keeps


def test_language_says_what_it_heard_and_how_surely():
    verdict = language(reply(GERMAN), keep=("en",))
    assert verdict.reason == "language: de" and 0.5 < verdict.score <= 1
    assert dropped(language(reply(GERMAN), keep=("de",), min_language_confidence=1.0)).limit == 1.0
    assert dropped(language(talk(GERMAN, "ok"), keep=("en",), of="prompts"))
    assert dropped(language(reply(GERMAN), keep=("en",), min_letters=500)) is None
