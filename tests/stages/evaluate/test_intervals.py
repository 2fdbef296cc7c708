"""Intervals hold the truth as often as they say, and differences are named only where they are more than chance."""

from math import exp, nan

import numpy as np
import pytest

import pitchpipe as pp
from pitchpipe.host.scoring import ratio
from pitchpipe_components.evaluators.perplexity import exp_of_mean
from pitchpipe_stages.evaluate.binomial import exact_interval
from pitchpipe_stages.evaluate.intervals import difference_of, difference_of_scores, mcnemar, score_of
from pitchpipe_stages.evaluate.resampling import MOST
from pitchpipe_stages.evaluate.student import by_chance, quantile

TRIES = 300
LEAST = 0.91  # of 300 tries: 95 % would be missed by chance once in a thousand times


def measured(rows, value=ratio, **more):
    return pp.Measured({str(at): tuple(row) for at, row in enumerate(np.asarray(rows, float))}, value, **more)


def means(values, **more):
    return measured(np.stack([values, np.ones(len(values))], axis=1), **more)


def held(found, truth):
    assert found.low is not None and found.high is not None
    return found.low <= truth <= found.high


def texts(chance, many):
    """Losses and tokens of texts, of which the mean loss of a token is 2."""
    tokens = np.ceil(chance.lognormal(3, 0.8, many))
    return np.stack([tokens * chance.gamma(4, 0.5, many), tokens], axis=1)


SKEWED = {
    "normal": (lambda chance, n: means(chance.normal(3, 1, n)), 3),
    "exponential": (lambda chance, n: means(chance.exponential(1, n)), 1),
    "negative": (lambda chance, n: means(-chance.exponential(1, n)), -1),
    "ratio": (lambda chance, n: measured(texts(chance, n)), 2),
    "perplexity": (lambda chance, n: measured(texts(chance, n), exp_of_mean), exp(2)),
}


@pytest.mark.parametrize("many", [6, 12, 60])
@pytest.mark.parametrize("kind", SKEWED)
def test_numbers_of_few_and_skewed_items_are_covered(kind, many):
    chance, (draw, truth) = np.random.default_rng(7), SKEWED[kind]
    assert np.mean([held(score_of(draw(chance, many)), truth) for _ in range(TRIES)]) >= LEAST


@pytest.mark.parametrize("many", [1, 2, 5, 20, 100])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.97])
def test_shares_of_hits_are_covered_near_0_and_1(share, many):
    hits = np.random.default_rng(7).random((TRIES, many)) < share
    assert np.mean([held(score_of(means(row, is_share=True)), share) for row in hits]) >= LEAST


@pytest.mark.parametrize("many", [1, 2, 5, 20, 100])
@pytest.mark.parametrize("of", [(0.2, 3), (8, 0.5), (2, 2)])
def test_shares_of_parts_are_covered_near_0_and_1(of, many):
    shares = np.random.default_rng(7).beta(*of, (TRIES, many))
    truth = of[0] / sum(of)
    assert np.mean([held(score_of(means(row, is_share=True)), truth) for row in shares]) >= LEAST


def test_shares_of_items_that_weigh_more_or_less_are_covered():
    chance, found = np.random.default_rng(7), []
    for _ in range(TRIES):
        weights = chance.integers(1, 6, 30)
        rows = np.stack([chance.binomial(weights, 0.9), weights], axis=1)
        found.append(held(score_of(measured(rows, is_share=True)), 0.9))
    assert np.mean(found) >= LEAST


@pytest.mark.parametrize("many", [2, 10, 40, 200])
@pytest.mark.parametrize("shares", [(0, 0), (0.02, 0), (0.3, 0.1), (0, 0.5)])
def test_paired_differences_of_hits_are_covered(shares, many):
    chance, (won, lost), found = np.random.default_rng(7), shares, []
    for _ in range(TRIES):
        kinds = chance.choice(4, many, p=[won, lost, *[(1 - won - lost) / 2] * 2])
        base, tuned = np.isin(kinds, [1, 2]), np.isin(kinds, [0, 2])
        found.append(held(difference_of(means(base, is_share=True), means(tuned, is_share=True)), won - lost))
    assert np.mean(found) >= LEAST


@pytest.mark.parametrize("many", [6, 12, 60])
def test_paired_differences_of_perplexities_are_covered(many):
    chance, found = np.random.default_rng(7), []
    for _ in range(TRIES):
        base = texts(chance, many)
        tuned = base * [0.5, 1] * np.stack([chance.lognormal(-0.02, 0.2, many), np.ones(many)], axis=1)
        found.append(
            held(difference_of(measured(base, exp_of_mean), measured(tuned, exp_of_mean)), exp(1) - exp(2))
        )
    assert np.mean(found) >= LEAST


def test_the_same_items_tell_more_than_two_intervals_do():
    chance = np.random.default_rng(7)
    base = chance.normal(10, 5, 50)
    both = means(base), means(base + chance.normal(1, 0.5, 50))
    apart, paired = difference_of_scores(*map(score_of, both)), difference_of(*both)
    assert apart.low < 0 < apart.high and paired.low > 0 and paired.chance < 1e-6


def test_chance_alone_is_rarely_taken_for_a_difference():
    chance, heavy = np.random.default_rng(7), []
    hits = [np.random.default_rng(number).random((2, 25)) < 0.4 for number in range(TRIES)]
    found = [difference_of(means(a, is_share=True), means(b, is_share=True)).chance for a, b in hits]
    for _ in range(TRIES):
        both = chance.lognormal(0, 1, (2, 8))
        heavy.append(difference_of(*map(means, both)).chance)
    for chances in (found, heavy):
        assert np.mean(np.array(chances) <= 0.05) < 0.09 and np.mean(np.array(chances) <= 0.01) < 0.03


def test_exact_intervals_are_those_of_the_tables():
    for hits, count, low, high in [(0, 10, 0, 0.3085), (1, 10, 0.0025, 0.4450), (8, 8, 0.6306, 1)]:
        assert exact_interval(hits, count) == pytest.approx((low, high), abs=1e-4)
    low, high = exact_interval(9000, 18_000)
    assert (low, high) == pytest.approx(
        (0.5 - 1.96 / 2 / 18_000**0.5, 0.5 + 1.96 / 2 / 18_000**0.5), abs=1e-4
    )


def test_student_and_mcnemar_are_those_of_the_tables():
    for freedom, value in [(1, 12.706), (2, 4.303), (5, 2.571), (30, 2.042), (500, 1.965)]:
        assert quantile(freedom) == pytest.approx(value, abs=1e-3)
        assert by_chance(value, freedom) == pytest.approx(0.05, abs=1e-4)
    # Two-sided binomial tests of 5 of 5, 1 of 10 and 2 of 4, less half of what is as likely.
    assert mcnemar(5, 5) == 2 / 64 and mcnemar(10, 1) == 2 * (1 + 10 / 2) / 1024 and mcnemar(4, 2) == 1
    assert mcnemar(0, 0) == 1 and mcnemar(2000, 900) == pytest.approx(7.7e-6, rel=0.1)


def test_no_item_one_item_and_equal_items_claim_nothing():
    assert score_of(measured(np.zeros((0, 2)))) == pp.Score(None, 0, better="higher")
    one = score_of(means([4.0]))
    assert (one.value, one.count, one.low, one.high) == (4, 1, None, None)
    equal = score_of(means([4.0] * 9))
    assert (equal.value, equal.low, equal.high) == (4, None, None)
    halves = score_of(means([0.5] * 20, is_share=True))
    assert halves.low < 0.45 and halves.high > 0.55  # one more could be 0 or 1
    single = score_of(means([1.0], is_share=True))
    assert single.low < 0.3 and single.high == 1
    assert difference_of(means([1.0]), means([2.0])).low is None
    assert difference_of(means([]), means([])).value is None


def test_an_item_without_a_number_spoils_the_score_and_is_counted():
    found = score_of(means([1.0, nan, 2.0], better="lower"))
    assert found.value is None and found.count == 3 and found.how == "1 of 3 items gave no number"
    assert difference_of(means([1.0, 1.0, 1.0]), means([1.0, nan, 2.0])).value is None
    assert score_of(measured([[800.0, 1], [2, 1]], exp_of_mean)).low is not None
    assert score_of(measured([[2000.0, 1], [900, 1]], exp_of_mean)).value is None  # beyond all numbers


def test_the_same_answers_are_even():
    hits = means([0, 1, 1, 0, 1], is_share=True)
    found = difference_of(hits, hits)
    assert found.way == "even" and found.value == 0 and found.chance == 1 and found.low < 0 < found.high
    losses = means([0.1, 0.2, 0.7])
    assert difference_of(losses, losses) == difference_of(losses, losses)
    assert (difference_of(losses, losses).low, difference_of(losses, losses).high) == (0, 0)


def test_a_conversation_that_comes_again_is_no_other_item():
    """Ten times the same is as sure as once."""
    values = [0.1, 0.9, 0.4, 0.7]
    once = pp.Measured.means({str(at): value for at, value in enumerate(values)})
    again = {f"{at}.{time}": value for at, value in enumerate(values) for time in range(2, 12)}
    often = pp.Measured.means({**{str(at): value for at, value in enumerate(values)}, **again})
    one, many = score_of(once), score_of(often)
    assert many.count == 44 and many.value == pytest.approx(one.value)
    assert (many.low, many.high) == pytest.approx((one.low, one.high), rel=1e-6)


def test_many_items_are_put_together_and_say_the_same():
    values = np.random.default_rng(7).exponential(1, 5 * MOST)
    found = score_of(means(values))
    error = values.std() / np.sqrt(len(values))
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.2 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.2 * error)


def test_only_shared_items_are_compared():
    base = pp.Measured.means({"a": 1.0, "b": 2.0, "c": 3.0})
    tuned = pp.Measured.means({"b": 4.0, "c": 5.0, "d": 100.0})
    found = difference_of(base, tuned)
    assert (found.value, found.count) == (2, 2)
    assert difference_of(base, tuned, ["a", "d"]).count == 0


def test_no_interval_goes_beyond_what_a_number_can_be():
    """Of a kappa of few items, and of a perplexity near 1."""
    items = {str(n): (float(n % 7 != 0), 1.0) for n in range(14)}
    free, bound = (
        score_of(pp.Measured(items, double, **ends)) for ends in ({}, {"least": -1.0, "most": 1.8})
    )
    assert free.high > 1.8 == bound.high and bound.low == free.low > -1


def double(sums):
    return 2 * sums[..., 0] / sums[..., 1]


def test_one_item_that_decides_does_not_make_an_interval_endless():
    """Eighty-four replies are no surprise, and one is: the perplexity is near 1, and surely below 10."""
    items = {str(n): (1e-4 * (1 + n % 3), 2.0) for n in range(84)} | {"odd": (12.0, 2.0)}
    score = score_of(pp.Measured(items, exp_of_mean, "lower", least=1.0))
    assert score.low == 1 < score.value < 1.1 < score.high < 10
