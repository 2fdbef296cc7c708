"""What the whole takes, by what came of some drafts and sources."""

from random import Random

import pytest

from pitchpipe_tools.generate.forecast import Took, Tried, forecast


def test_sources_take_as_much_as_those_that_were_tried():
    tried = Tried("answers", sources=[Took(1, 10, 20, 0.5, 1, 1, 1)] * 4, origins={"": 100})
    found = forecast([tried], draws=20)["answers"]
    assert found.middle == Took(100, 1000, 2000, 50.0, 100, 100, 100)
    assert found.low == pytest.approx(found.middle) == found.high


def test_drafts_go_on_until_as_many_as_are_wanted_gave_rows():
    """Every second draft is admitted, and three of four admitted ones give a row."""
    drafts = [Took(1, 10, 10, made=1), Took(1, 10, 10, made=0)]
    sources = [Took(2, 5, 5, made=1, rows=1, gave=1)] * 3 + [Took(2, 5, 5)]
    found = forecast([Tried("self", 300, drafts, sources)], draws=99)["self"].middle
    assert found.questions == 300 / 0.75 * 2 + 300 / 0.75 * 2
    assert found.rows == pytest.approx(300)


def test_a_later_generator_has_as_many_more_sources_as_the_earlier_ones_make():
    drafted = Tried("self", 50, [Took(1, made=1)] * 5, [Took(1, made=1, rows=1, gave=1)] * 5)
    evolved = Tried("evol", None, [], [Took(3, made=2, rows=0)] * 7, {"": 2, "self": 5})
    answered = Tried("answers", None, [], [Took(1, made=1, rows=1, gave=1)] * 14, {"evol": 14})
    found = forecast([drafted, evolved, answered], draws=1)
    assert found["evol"].middle.questions == pytest.approx(3 * (2 + 50))
    assert found["answers"].middle.questions == pytest.approx(2 * 52)
    assert found[""].middle.rows == pytest.approx(50 + 104)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Of sources that cost 1 or 9, each second time: a whole of 1,000 costs 5,000."""
    hits, times = 0, 100
    for seed in range(times):
        drawn = Random(seed)
        sources = [Took(1, dollars=drawn.choice((1, 9)), made=1) for _ in range(30)]
        found = forecast([Tried("it", None, [], sources, {"": 1000})], draws=200)["it"]
        hits += found.low.dollars <= 5000 <= found.high.dollars
    assert hits >= 85


def test_nothing_that_was_tried_tells_nothing():
    assert forecast([Tried("self", 50, [Took(1)] * 5, [])], draws=5)["self"].high == Took()


def test_what_is_complete_is_counted():
    tried = Tried("self", 2, [Took(1, made=1)] * 4, [Took(2, rows=1, made=1, gave=1)] * 2, complete=True)
    found = forecast([tried])["self"]
    assert found.low == found.middle == found.high == Took(8, made=2, rows=2, gave=2)


def test_a_draw_in_which_nothing_was_admitted_does_not_make_the_whole_cheap():
    """Of two drafts one was admitted: in a quarter of all draws none is, and nobody knows what these would take."""
    drafts, sources = [Took(1, made=1), Took(1)], [Took(1, made=1, rows=1, gave=1)] * 5
    found = forecast([Tried("self", 30, drafts, sources)])["self"]
    assert found.middle.questions == 30 * 2 + 30
    assert (found.low.questions, found.high.questions) == (60, 90)
