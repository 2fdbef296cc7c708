"""Loops, what is said again, and who ends a reply."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest

from pitchpipe_components.evaluators.loops import ends_in_loop, longest_repeat
from pitchpipe_components.evaluators.repetition import repetition
from tests.answering import Answering


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("Well, " + "no " * 10, True),
        ("Well, " + "no, I do not think so. " * 4, True),
        ("It is Lima. " + "the sea and the sand, " * 5 + "the sea", True),  # cut in the midst
        ("a" * 30, True),
        ("1\n2\n" * 20, True),
        ("一二三四五六。" * 6, True),
        ("ha ha ha", False),
        ("no " * 3, False),
        ("I know that I know that I know that I know.", False),  # three times and the end of a fourth
        ("no, I do not think so. " * 3, False),
        ("1000000000", False),
        ("| a | b |\n| --- | --- |\n| 1 | 2 |", False),
        ("", False),
    ],
)
def test_a_loop_is_four_times_the_same_at_the_end(text, loops):
    assert ends_in_loop(text) is loops


def test_loops_are_those_that_trying_every_period_finds():
    random = Random(0)
    for _ in range(300):
        text = "".join(random.choice("ab") for _ in range(random.randrange(40)))
        text += text[-random.randrange(1, 8) :] * random.randrange(7)
        tails = (
            (text[-many * period :], period)
            for period in range(1, 13)
            for many in range(4, len(text) // period + 1)
        )
        by_hand = any(
            len(tail) >= 24 and tail == tail[:period] * (len(tail) // period) for tail, period in tails
        )
        by_hand = by_hand or any(
            text[-size:][:-period] == text[-size:][period:]
            for period in range(1, 13)
            for size in range(max(24, 4 * period), len(text) + 1)
        )
        assert ends_in_loop(text) is by_hand, text


@pytest.mark.parametrize(
    ("words", "longest"),
    [
        ("a b c a b d", 2),
        ("a a a a", 3),
        ("a b c", 0),
        ("a b a", 1),
        ("", 0),
        ("a", 0),
        ("x a b c y a b c", 3),
    ],
)
def test_the_longest_stretch_that_comes_again(words, longest):
    assert longest_repeat(words.split()) == longest


def test_the_longest_stretch_is_that_of_trying_all():
    random = Random(0)
    for _ in range(100):
        words = [random.choice("abc") for _ in range(random.randrange(30))]
        sizes = [
            size
            for size in range(1, len(words))
            if len({tuple(words[at : at + size]) for at in range(len(words) - size + 1)})
            < len(words) - size + 1
        ]
        assert longest_repeat(words) == max(sizes, default=0)
    many = [str(number) for number in range(60_000)]
    assert longest_repeat([*many, *many[55_290:55_310]]) == 20 and longest_repeat(["no"] * 9000) == 8999


def test_what_the_evaluator_says_of_replies():
    said = ["yes yes yes yes yes yes yes", "a b c", "one"]
    found = repetition(Answering(*((words, "x y z x y z") for words in said), ended=False))
    assert [*found] == ["ends_by_itself", "loops", "distinct_2", "longest_repeat"]

    def value(name):
        return float(found[name].value(np.array(list(found[name].items.values())).sum(0)))

    assert value("ends_by_itself") == 0 and value("loops") == pytest.approx(1 / 3)
    pairs = [len([*pairwise(words.split())]) for words in said]
    assert value("distinct_2") == pytest.approx((1 + 2 + 0) / sum(pairs))
    assert value("longest_repeat") == pytest.approx((6 + 0 + 0) / 3)
    assert found["loops"].better == "lower" and found["distinct_2"].better is None
    assert found["distinct_2"].how == "of the expected replies 60.0%"
    assert found["longest_repeat"].how == "in words; of the expected replies 3.0"


def test_replies_of_one_word_have_no_pairs():
    found = repetition(Answering(("one", "one")))
    assert np.isnan(found["distinct_2"].value(np.array([0.0, 0.0])))
