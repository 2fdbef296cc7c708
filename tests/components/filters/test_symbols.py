"""Shares of symbols, and words that are too long."""
# ruff: noqa: RUF001 other languages have other marks

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import PLAIN, dropped, reply, talk


@pytest.mark.parametrize(
    ("text", "keeps"),
    [("$%^&*()_+!@#{}[]" * 10, False), (PLAIN, True), ("!?", True), ("```\n" + "{}();" * 50 + "\n```", True), ("हिन्दी में लिखा हुआ वाक्य " * 10, True),
     ("🙂" * 60, False), ("你好，世界。" * 20, True)],
)  # fmt: skip
def test_symbols(text, keeps):
    assert (dropped(filters.symbols(reply(text))) is None) == keeps
    assert dropped(filters.symbols(reply(text), max_symbols=1.0)) is None
    assert dropped(filters.symbols(reply(text), min_chars=1000)) is None


def test_long_words():
    assert dropped(filters.long_words(reply("see " + "QUJD" * 300))) == pp.Drop(
        f"longest word too high: {'QUJD' * 40}...", 1200, 1000
    )
    assert (
        dropped(filters.long_words(talk("QUJD" * 300, "ok")))
        and dropped(filters.long_words(reply("长" * 2000))) is None
    )
    assert dropped(filters.long_words(reply("QUJD" * 300), max_longest_word=1200)) is None
