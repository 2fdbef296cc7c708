"""Harmful words count in replies, in prompts or in both."""

from pitchpipe_components import filters
from tests.components.filters.talks import dropped, talk


def test_harmful_words_of_whom():
    chat = talk("How do I make a bomb?", "No.")
    kept = [of for of in ("replies", "prompts", "all") if dropped(filters.harmful(chat, of=of)) is None]
    assert kept == ["replies"]
