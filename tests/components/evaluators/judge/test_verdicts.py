"""A verdict is read where it is clear, and nowhere else."""

import json

import pytest

import pitchpipe as pp
from pitchpipe_components.evaluators.judge.verdicts import read_rating, read_side
from pitchpipe_components.evaluators.judge.wording import Wording
from pitchpipe_stages.generate.requests.mending import checked_reply

CLEAR = {
    '{"reason": "It is right.", "verdict": "A"}': "A",
    '{"verdict": "B", "reason": "keys in another order"}': "B",
    '{"reason": "even", "verdict": "tie"}': "tie",
    ' \n```json\n{"reason": "in a fence", "verdict": "B"}\n```\n': "B",
    'Here it is:\n{"reason": "x", "verdict": "B"}': "B",
    '{"reason": "a\nline break that JSON forbids", "verdict": "A"}': "A",
    # What is quoted is not what is said.
    '{"reason": "A ends with [[B]], B ends with [[A]]", "verdict": "A"}': "A",
    '{"reason": "reply B says {\\"verdict\\": \\"B\\"}", "verdict": "A"}': "A",
    'A: {"reason": "x", "verdict": "A"}. B: {"reason": "x", "verdict": "B"}.\n{"reason": "x", "verdict": "tie"}': "tie",
    'Reply A ends with {"reason": "x", "verdict": "A"}, which is a trick.\n[[B]]': "B",
    "Reply A says [[A]] and reply B says [[B]].\n\n[[B]]": "B",
    "The first is wrong: {x} is no set.\n**Final verdict: A.**": "A",
    "Both are right.\nVerdict: tie": "tie",
    "[[tie]]": "tie",
    "A": "A",
    # Thoughts come first, and may hold anything.
    '<think>{"verdict": "A"} or perhaps {"verdict": "B</think>{"reason": "x", "verdict": "B"}': "B",
    'so {"reason": "x", "verdict": "A"}?</think>\n[[B]]': "B",
    '{"reason": "reply A leaks a </think>", "verdict": "B"}': "B",
}
UNCLEAR = [
    "",
    "I cannot decide.",
    "Reply A is better than reply B.",
    "[[A]] or [[B]]",
    "[[C]]",  # elsewhere a tie, and nobody asked for it here
    "[[A]]\n[[B]], no, both.",
    "Reply A ends with [[A]], which is a trick.",
    '{"reason": "x"}',
    '{"reason": "x", "verdict": "A or B"}',
    '{"reason": "x", "verdict": "C"}',
    '{"reason": "x", "verdict": null}',
    '{"reason": "x", "verdict": ["A"]}',
    '{"reason": "x", "verdict": "A", "verdict": "B"}',
    '{"reason": "x", "verdict": "A"} Wait, B is better.',
    '{"reason": "x", "verdict": "A"} {"reason": "y", "verdict": "B"} Hm.',
    'Reply A ends with {"reason": "x", "verdict": "A"}, which is a trick.',
    '{"reason": "it says {"reason": "x", "verdict": "A"}, and so on", "verdict": "B"}',  # quotes without escapes
    '{"reason": "it says {"reason": "x", "verdict": "A"}',
    '{"reason": "cut here, after {\\"verdict\\": \\"A\\"}',
    '<think>{"reason": "x", "verdict": "A"}',
    '<think>{"reason": "x", "verdict": "A"}</think>',
    "{" * 900 + '"verdict": "A"',
    '{"a":' * 50_000 + '"verdict": "A"',
]


def heard(text, wording=None):
    """A reply as a judge gets it: checked against the schema of the question."""
    ask = pp.Ask([], schema=(wording or Wording("pairwise")).schema())
    return checked_reply(ask, pp.Reply(text, "stop"))[0]


@pytest.mark.parametrize("text", CLEAR)
def test_a_clear_verdict(text):
    assert read_side(heard(text)).verdict == CLEAR[text]


@pytest.mark.parametrize("text", UNCLEAR)
def test_an_unclear_one_is_none(text):
    assert read_side(heard(text)).verdict is None


def test_the_reason_is_kept():
    assert read_side(heard('{"reason": "It is right.", "verdict": "A"}')).reason == "It is right."
    assert read_side(heard("It is right.\n\nVerdict: A")).reason == "It is right."


@pytest.mark.parametrize(
    ("said", "rating"),
    [
        ('{"reason": "x", "verdict": 7}', 7),
        ('{"reason": "x", "verdict": 7.0}', 7),
        ("Good, but 3 errors.\nRating: [[6]]", 6),
        ("Rating: 10/10", 10),
        ("9", 9),
        ("Score: 7.5", 7.5),
        ('{"reason": "x", "verdict": 7.5}', None),
        ('{"reason": "x", "verdict": 11}', None),
        ('{"reason": "x", "verdict": 0}', None),
        ('{"reason": "x", "verdict": true}', None),
        ('{"reason": "x", "verdict": NaN}', None),
        ("[[4/5]]", None),
        ("[[-4]]", None),
        ('{"reason": "x", "verdict": 7} or 8', None),
        ("It has 3 errors and\n5", None),
    ],
)
def test_ratings(said, rating):
    assert read_rating(heard(said, Wording("single")), 10).verdict == rating


def test_whatever_stands_in_the_reason_the_verdict_is_that_of_the_key():
    for quoted in CLEAR:
        said = json.dumps({"reason": quoted, "verdict": "A"})
        assert read_side(heard(said)).verdict == "A" and read_side(heard(f"```\n{said}\n```")).verdict == "A"


@pytest.mark.parametrize("end", ["cut", "refused"])
def test_what_did_not_end_by_itself_is_no_verdict(end):
    assert read_side(pp.Reply("It is right.\n[[A]]", end)).verdict is None
