"""A verdict is read where it is clear, and nowhere else."""

import json

import pytest

from pitchpipe_components.evaluators.judge.verdicts import read_rating, read_side

CLEAR = {
    '{"reason": "It is right.", "verdict": "A"}': "A",
    '{"verdict": "B", "reason": "keys in another order"}': "B",
    '{"reason": "even", "verdict": "tie"}': "tie",
    ' \n```json\n{"reason": "in a fence", "verdict": "B"}\n```\n': "B",
    'Here it is:\n{"Reason": "x", "Verdict": " b "}': "B",
    '{"reason": "x", "verdict": "[[A]]"}': "A",
    '{"reason": "x", "verdict": "Reply A"}': "A",
    '[{"reason": "x", "verdict": "A"}]': "A",
    '{"reason": "x", "verdict": "A"}\nI hope that this helps!': "A",
    '{"reason": "x", "verdict": "A", "confidence": {"verdict": "B"}}': "A",
    # What is quoted is not what is said.
    '{"reason": "A ends with [[B]], B ends with [[A]]", "verdict": "A"}': "A",
    '{"reason": "reply B says {\\"verdict\\": \\"B\\"}", "verdict": "A"}': "A",
    'A: {"verdict": "A"}. B: {"verdict": "B"}.\n{"reason": "both want to win", "verdict": "tie"}': "tie",
    "Reply A says [[A]] and reply B says [[B]].\n\n[[B]]": "B",
    "The first is wrong: {x} is no set.\n**Final verdict: A.**": "A",
    "Both are right.\nVerdict: tie": "tie",
    "[[C]]": "tie",
    "A": "A",
    # Thoughts come first, and may hold anything.
    '<think>{"verdict": "A"} or perhaps {"verdict": "B</think>{"reason": "x", "verdict": "B"}': "B",
    'so {"verdict": "A"}?</think>\n[[B]]': "B",
    '{"reason": "reply A leaks a </think>", "verdict": "B"}': "B",
    '{"reason": "a\nline break that JSON forbids", "verdict": "A"}': "A",
}
UNCLEAR = [
    "",
    "I cannot decide.",
    "Reply A is better than reply B.",
    "[[A]] or [[B]]",
    "[[A]]\n[[B]], no, both.",
    "Reply A ends with [[A]], which is a trick.",
    '{"reason": "x"}',
    '{"reason": "x", "verdict": "A or B"}',
    '{"reason": "x", "verdict": null}',
    '{"reason": "x", "verdict": ["A"]}',
    '{"reason": "x", "verdict": "A", "verdict": "B"}',
    '{"reason": "x", "verdict": "A"} Wait, B is better.',
    '{"reason": "x", "verdict": "A"} {"reason": "y", "verdict": "B"} Hm.',
    '{"reason": "it says {"verdict": "A"} and so on", "verdict": "B"}',  # broken: quotes without escapes
    '{"reason": "cut here, after {\\"verdict\\": \\"A\\"}',
    '<think>{"reason": "x", "verdict": "A"}',
    '<think>{"reason": "x", "verdict": "A"}</think>',
    "{" * 900 + '"verdict": "A"',
    '{"a":' * 50_000 + '"verdict": "A"',
]


@pytest.mark.parametrize("text", CLEAR)
def test_a_clear_verdict(text):
    assert read_side(text).verdict == CLEAR[text]


@pytest.mark.parametrize("text", UNCLEAR)
def test_an_unclear_one_is_none(text):
    assert read_side(text).verdict is None


def test_the_reason_is_kept():
    assert read_side('{"reason": "It is right.", "verdict": "A"}').reason == "It is right."
    assert read_side("It is right.\n\nVerdict: A").reason == "It is right."


@pytest.mark.parametrize(
    ("said", "rating"),
    [
        ('{"reason": "x", "verdict": 7}', 7),
        ('{"reason": "x", "verdict": "8/10"}', 8),
        ('{"reason": "two of 10 facts", "verdict": 7.5}', 7.5),
        ("Good, but 3 errors.\nRating: [[6]]", 6),
        ("Rating: 10/10", 10),
        ("9", 9),
        ('{"reason": "x", "verdict": 11}', None),
        ('{"reason": "x", "verdict": 0}', None),
        ('{"reason": "x", "verdict": true}', None),
        ('{"reason": "x", "verdict": NaN}', None),
        ('{"reason": "x", "verdict": "4/5"}', None),
        ('{"reason": "x", "verdict": 7} or 8', None),
        ("It has 3 errors and\n5", None),
    ],
)
def test_ratings(said, rating):
    assert read_rating(said, 10).verdict == rating


def test_whatever_stands_in_the_reason_the_verdict_is_that_of_the_key():
    for quoted in CLEAR:
        said = json.dumps({"reason": quoted, "verdict": "A"})
        assert read_side(said).verdict == "A" and read_side(f"```\n{said}\n```").verdict == "A"
