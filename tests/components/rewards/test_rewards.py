"""What the built-in rewards say of replies."""

import pytest

import pitchpipe as pp
from pitchpipe_components.rewards.exact_answer import exact_answer
from pitchpipe_components.rewards.form import is_json, length
from pitchpipe_components.rewards.matches import Matches
from pitchpipe_components.rewards.same_number import same_number


def row(expected=None):
    asked = (pp.Message("user", "How much is it?"),)
    return pp.Conversation(asked if expected is None else (*asked, pp.Message("assistant", expected)))


@pytest.mark.parametrize(
    ("reply", "strictly", "loosely"),
    [
        ("Paris", 1, 1),
        (" Paris\n", 1, 1),
        ("paris", 0, 1),
        ("Paris.", 0, 1),
        ("It is Paris", 0, 0),
        ("", 0, 0),
    ],
)
def test_the_exact_answer(reply, strictly, loosely):
    assert exact_answer(reply, row("Paris")) == strictly
    assert exact_answer(reply, row("Paris"), loosely=True) == loosely


@pytest.mark.parametrize(
    ("expected", "reply", "said"),
    [
        ("6 * 7 = <<6*7=42>>42\n#### 42", "It is 42.", 1),
        ("#### 1,234", "So we get \\boxed{1234}, not 5.", 1),
        ("#### 1234", "12 and then 34", 0),
        ("\\boxed{\\frac{1}{2}}", "#### 0.5", 1),
        ("\\boxed{-\\dfrac{3}{4}}", "that is -3/4", 1),
        ("5", "5.00", 1),
        ("5", "8-3=5", 1),
        ("5", "-5", 0),
        ("$12.50", "12.5 dollars", 1),
        ("7", "#### 7 is not 8", 1),
        ("7", "I do not know", 0),
        ("0", "", 0),
        ("0", "0", 1),
    ],
)
def test_the_number_that_a_reply_comes_to(expected, reply, said):
    assert same_number(reply, row(expected)) == said


def test_only_a_marked_number_counts_where_it_is_asked_for():
    assert same_number("it is 7", row("#### 7"), marked=True) == 0
    assert same_number("#### 7", row("7"), marked=True) == 1


@pytest.mark.parametrize("reward", [exact_answer, same_number])
def test_a_row_without_an_expected_reply_is_worth_nothing_and_this_is_told(reward):
    assert reward("7", row()) == 0 and reward.compares


def test_an_expected_reply_without_a_number_is_an_error():
    with pytest.raises(ValueError, match="holds no number"):
        same_number("7", row("seven"))


def test_a_pattern_matches_the_whole_reply_or_a_part():
    pattern = "<think>.*</think>.+"
    assert Matches(pattern)("<think>\nso\n</think>\n7 ", row()) == 1
    assert Matches(pattern)("Well: <think></think>7", row()) == 0
    assert Matches(pattern, "anywhere")("Well: <think></think>7", row()) == 1
    assert Matches("Well", "start")("Well then", row()) == 1
    assert Matches("then", "start")("Well then", row()) == 0
    with pytest.raises(ValueError, match=r"is no regular expression: .*unterminated|missing"):
        Matches("(")


def test_the_length_of_a_reply():
    assert [length("a b", row(), min_words=low) for low in (0, 2, 4)] == [1, 1, 0.5]
    assert [length("a b c d", row(), max_words=high) for high in (4, 2)] == [1, 0.5]
    assert length("", row()) == 0
    assert length("", row(), min_words=0, max_words=0) == 1


def test_json():
    assert [is_json(text, row()) for text in ('{"a": 1}', " [1] ", "{a: 1}", "Sure: {}", "")] == [
        1,
        1,
        0,
        0,
        0,
    ]
    assert [is_json(text, row(), keys=["a"]) for text in ('{"a": 1, "b": 2}', '{"b": 2}', "[1]")] == [1, 0, 0]
