"""Characters that nobody sees go, and those that a script needs stay."""
# ruff: noqa: RUF001 other languages have other marks

import pytest

from pitchpipe_components.repair import repair
from tests.components.repair.talks import M, U, outcome, reply_of, talk

SURROGATE, CONTROLS, INVISIBLE = (
    "lone surrogate replaced",
    "control characters removed",
    "invisible characters removed",
)


@pytest.mark.parametrize(
    ("text", "expected", "note"),
    [
        ("a\r\nb\rc", "a\nb\nc", "line ends made one"),
        ("a\ud800b", "a\ufffdb", SURROGATE),
        ("a\udc00", "a\ufffd", SURROGATE),
        ("\ud83d\ude00", "😀", SURROGATE),
        ("a\x00b\x07\x7fc", "abc", CONTROLS),
        ("\x1b[1;31mred\x1b[0m", "red", CONTROLS),
        ("page\x0cpage", "page\npage", CONTROLS),
        ("\x93quoted\x94 don\x92t\x81", "“quoted” don’t", CONTROLS),
        ("a\u200bb\ufeff\u2060c\xadd", "abcd", INVISIBLE),
    ],
)  # fmt: skip
def test_characters_nobody_sees(text, expected, note):
    assert reply_of(text) == (expected, (note,))


def test_each_of_these_characters_is_found():
    for code in (*range(9), *range(0x0E, 0x20), 0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D):
        for text in ("a{}b", "ä{}b"):
            assert reply_of(text.format(chr(code))) == (text.format(""), (CONTROLS,)), code
    for char in "\u200b\u2060\ufeff\xad":
        assert reply_of(f"a{char}b") == ("ab", (INVISIBLE,))


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian needs the zero-width non-joiner
        "क्\u200dष",  # Hindi and emoji the joiner
        "👩\u200d👩\u200d👧\u200d👦 ✌️",
        "ភាសា\u200bខ្មែរ",  # Khmer parts words with a zero-width space
        "שלום \u200fabc\u200e",
        "« Bonjour\xa0»\tet\nvoilà\u202f!",
        "e\u0301 is left decomposed",
    ],
)
def test_characters_that_writing_needs(text):
    sound = talk(U, ("assistant", text))
    assert repair(sound) is sound


def test_no_break_spaces_are_kept_unless_the_recipe_says_otherwise():
    assert reply_of("10\xa0%") == ("10\xa0%", ())
    assert reply_of("10\xa0%", nbsp=True) == ("10 %", ("no-break spaces made spaces",))


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("newlines", "a\r\nb"),
        ("controls", "a\x00b"),
        ("invisible", "a\u200bb"),
        ("mojibake", "cafÃ©s"),
        ("html", "a &amp; b<br>c"),
    ],
)
def test_every_rule_for_characters_can_be_switched_off(option, text):
    assert reply_of(text)[1]
    assert reply_of(text, **{option: False}) == (text, ())


def test_surrogates_are_found_in_all_that_a_message_holds():
    broken = M(
        "assistant",
        "a",
        tool_calls=({"n\ud800": ["b\udfff", 1]},),
        name="\ud800",
        reasoning="\ud800",
        learn=True,
    )
    mended, notes = outcome(talk(U, broken))
    assert mended.messages[1] == M(
        "assistant",
        "a",
        tool_calls=({"n\ufffd": ["b\ufffd", 1]},),
        name="\ufffd",
        reasoning="\ufffd",
        learn=True,
    )
    assert notes == (SURROGATE,)
