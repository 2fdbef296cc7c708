"""What counts where texts are compared loosely."""

# ruff: noqa: RUF001  letters of many scripts

import pytest

from pitchpipe_components.text.loosely import contains, loosened
from pitchpipe_components.text.tokens import tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Paris.", "paris"),
        ("**Paris**", "`Paris`"),
        ("It's “Paris”!", "it’s paris"),
        ("  two\n\twords ", "Two words."),
        ("(B)", "b"),
        ("Ｐａｒｉｓ", "paris"),
        ("cafe\u0301", "CAFÉ"),
        ("STRASSE", "straße"),
        ("−5 °C", "-5 °C."),
        ("wait — what?", "wait what"),
    ],
)
def test_the_same_loosely(one, other):
    assert loosened(one) == loosened(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5", "-5"),
        ("0.5", "5"),
        ("5 %", "5"),
        ("C#", "C"),
        ("C++", "C"),
        ("?", "!"),
        ("", "."),
        ("well-known", "well known"),
        ("😀", "😢"),
    ],
)
def test_not_the_same(one, other):
    assert loosened(one) != loosened(other)


@pytest.mark.parametrize(
    ("text", "part", "inside"),
    [
        ("The capital is Lima.", "Lima", True),
        ("The capital is **lima**, of course", "LIMA.", True),
        ("Limassol", "Lima", False),
        ("I like Limassol and Lima", "Lima", True),
        ("ninety", "nine", False),
        ("It is 42.", "2", False),
        ("It is -5", "5", False),
        ("It is -5", "-5", True),
        ("pages 3-5", "5", True),
        ("3.5", "5", False),
        ("3.5", "3", False),
        ("It is 1,000.", "1", False),
        ("It is 5, or 6.", "5", True),
        ("It is .5", "5", False),
        ("秘鲁的首都是利马。", "利马", True),
        ("हिन्दी", "हिन", False),
        ("anything", "", False),
        ("", "", True),
        ("", "x", False),
        ("a b c", "b c", True),
        ("a b c", "a c", False),
    ],
)
def test_words_stand_in_a_text_whole(text, part, inside):
    assert contains(text, part) is inside


def test_words_of_all_scripts():
    assert tokens("Don’t PANIC_now, it's 3.14 — ok™ x²") == [
        "don",
        "t",
        "panic",
        "now",
        "it",
        "s",
        "3",
        "14",
        "ok",
        "x",
    ]
    assert tokens("Straße हिन्दी 你好ab 안녕") == ["straße", "हिन्दी", "你", "好", "ab", "안녕"]
