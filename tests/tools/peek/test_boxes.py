"""Tokens as boxes: every character is seen."""

import pytest

from pitchpipe_tools.peek.boxes import visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a b", "a·b"),
        (" \n\t\r", "·↵⇥␍"),
        ("\u200b\u202e\x00", "<U+200B><U+202E><U+0000>"),
        ("日本é", "日本é"),
        ("\u00a0", "<U+00A0>"),
        ("", ""),
    ],
)
def test_every_character_is_seen(text, seen):
    assert visible(text) == seen
