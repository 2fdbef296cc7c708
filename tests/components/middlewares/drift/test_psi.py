"""The index on data of which the truth is known."""

import random
from math import log

import pytest

from pitchpipe_components.middlewares.drift.bins import NameBins, NumberBins
from pitchpipe_components.middlewares.drift.psi import by_chance, psi
from pitchpipe_components.middlewares.drift.reference import FeatureReference
from pitchpipe_components.middlewares.drift.window import _score

LIMITS = (0.1, 0.25)


def lengths(chance, count, factor=1.0):
    return [factor * chance.lognormvariate(5, 1) for _ in range(count)]


def counted(bins, values):
    counts = [0] * len(bins)
    for value in values:
        counts[bins.place(value)] += 1
    return counts


def levels(rows, window, factor=1.0, tries=100, seed=0):
    """How often each verdict is given."""
    chance, found = random.Random(seed), []
    for _ in range(tries):
        reference = FeatureReference.of("prompt_length", lengths(chance, rows), learned=True)
        now = counted(reference.bins, lengths(chance, window, factor))
        found.append(_score(reference, now, LIMITS).level)
    return {level: found.count(level) / tries for level in ("", "shifts", "alert")}


def test_the_index_is_that_of_the_books():
    before, now = [5000, 3000, 2000], [4000, 3500, 2500]
    by_hand = -0.1 * log(0.4 / 0.5) + 0.05 * log(0.35 / 0.3) + 0.05 * log(0.25 / 0.2)
    assert psi(before, now) == pytest.approx(by_hand, rel=0.01)
    assert psi(before, before) == 0
    assert psi([100, 0], [0, 100]) > 5  # an empty bin is a number, and not an infinite one


def test_nothing_changed_is_no_alarm():
    assert levels(5000, 500)[""] >= 0.99


def test_a_window_too_small_is_why_there_is_a_least_one():
    """Without the allowance for chance a window of 100 is alarmed often: so the number in the error message."""
    chance, alarms = random.Random(0), 0
    for _ in range(100):
        bins = NumberBins.of(lengths(chance, 5000))
        before = counted(bins, lengths(chance, 5000))
        alarms += psi(before, counted(bins, lengths(chance, 100))) > 0.1
    assert 0.25 < alarms / 100 < 0.6


def test_few_rows_in_the_reference_are_no_alarm_either():
    """60 rows: the index alone is above 0.1 nearly always."""
    assert levels(60, 500)[""] >= 0.99
    assert by_chance([6] * 10, [50] * 10) > 0.4


def test_longer_prompts_are_found():
    found = levels(5000, 500, factor=1.5)
    assert found[""] <= 0.05
    assert levels(5000, 500, factor=2.0)["alert"] >= 0.95


def test_a_rate_that_grows_is_found():
    reference = FeatureReference.of("refusal", ["answered"] * 980 + ["refused"] * 20, learned=True)
    verdict = _score(reference, counted(reference.bins, ["answered"] * 450 + ["refused"] * 50), LIMITS)
    assert verdict.level == "shifts" and verdict.moved == "refused: 2% before, 10% now"
    assert not _score(reference, counted(reference.bins, ["answered"] * 485 + ["refused"] * 15), LIMITS).level


def test_bins_hold_as_many_rows_each():
    bins = NumberBins.of(list(range(1000)))
    assert len(bins) == 10 and counted(bins, range(1000)) == [100] * 10
    assert [bins.label(place) for place in (0, 1, 9)] == ["below 100", "100 to 200", "900 and more"]


@pytest.mark.parametrize("values", [[7.0] * 50, [1.0, 1.0, 2.0], [0.0] * 99 + [5.0]])
def test_equal_values_share_a_bin(values):
    bins = NumberBins.of(values)
    assert sum(counted(bins, values)) == len(values)
    assert all(bins.label(place) for place in range(len(bins)))
    assert psi(counted(bins, values), counted(bins, values * 3)) < 0.1


def test_rare_names_and_new_ones_are_the_others():
    bins = NameBins.of(["en"] * 990 + ["de"] * 9 + ["fr"])
    assert bins.names == ["en"] and bins.label(bins.place("xx")) == "others"
