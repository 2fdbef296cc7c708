"""The numbers, against closed forms, other libraries and published examples; and that intervals hold the truth."""

import numpy as np
import pytest

from pitchpipe_tools.compare.agreement import alpha, coincidences, kappa, pairs_of_two, same, same_side
from pitchpipe_tools.compare.drawn_again import scores_over
from pitchpipe_tools.compare.standings import rate_of
from pitchpipe_tools.compare.strengths import strengths


@pytest.mark.parametrize(("won", "lost"), [(7, 3), (1, 1), (99, 1), (2.5, 4.5)])
def test_two_players_are_a_closed_form(won, lost):
    """Without a ridge the difference is the logarithm of the odds."""
    first, second = strengths(np.array([[0, won], [lost, 0]]), ridge=1e-9)
    assert first - second == pytest.approx(np.log(won / lost), abs=1e-6)
    assert first + second == pytest.approx(0)


def test_a_ridge_draws_two_players_together():
    """The slope at the maximum: wins less those expected are the ridge times each one's strength."""
    first, second = strengths(np.array([[0, 20.0], [0, 0]]), ridge=0.5)
    assert first == pytest.approx(-second)
    assert 20 / (1 + np.exp(first - second)) == pytest.approx(0.5 * first, abs=1e-6)


def test_strengths_of_three_players_are_those_that_made_the_games():
    true = np.array([0.8, 0.0, -0.8])
    chance = 1 / (1 + np.exp(true[None, :] - true[:, None]))
    assert strengths(1000 * chance * (1 - np.eye(3)), ridge=1e-9) == pytest.approx(true, abs=1e-6)


def test_one_who_has_won_all_and_one_who_has_met_nobody_have_finite_strengths():
    found = strengths(np.array([[0.0, 20, 0], [0, 0, 0], [0, 0, 0]]))
    assert np.isfinite(found).all() and found[0] > found[2] > found[1]
    assert abs(found).max() < 5


def test_the_strengths_make_the_wins_likeliest():
    """At the maximum each has won as often as the model expects, but for the ridge."""
    wins = np.random.default_rng(3).integers(0, 30, (5, 5)).astype(float) * (1 - np.eye(5))
    found = strengths(wins, ridge=1e-9)
    chance = 1 / (1 + np.exp(found[None, :] - found[:, None]))
    assert ((wins + wins.T) * chance).sum(1) == pytest.approx(wins.sum(1), abs=1e-5)


def test_many_tables_at_once_are_each_by_itself():
    tables = np.random.default_rng(1).integers(0, 9, (40, 4, 4)) * (1 - np.eye(4))
    assert strengths(tables) == pytest.approx(np.array([strengths(one) for one in tables]), abs=1e-7)


def test_kappa_is_that_of_scikit_learn():
    from sklearn.metrics import cohen_kappa_score

    chance = np.random.default_rng(0)
    for _ in range(20):
        first = chance.choice([1.0, 0.5, 0.0], 50)
        second = np.where(chance.random(50) < 0.6, first, chance.choice([1.0, 0.5, 0.0], 50))
        expected = cohen_kappa_score((2 * first).astype(int), (2 * second).astype(int))
        assert kappa(pairs_of_two(first, second)) == pytest.approx(expected)


def test_alpha_is_that_of_nltk():
    from nltk.metrics.agreement import AnnotationTask

    chance = np.random.default_rng(0)
    for _ in range(10):
        truth = chance.choice([1.0, 0.5, 0.0], 30)
        said = {
            (rater, duel): truth[duel] if chance.random() < 0.7 else chance.choice([1.0, 0.5, 0.0])
            for rater in range(4) for duel in range(30) if chance.random() < 0.8
        }  # fmt: skip
        units = [[said[r, duel] for r in range(4) if (r, duel) in said] for duel in range(30)]
        ours = alpha(sum(coincidences(unit) for unit in units if len(unit) > 1))
        rows = [(rater, duel, value) for (rater, duel), value in said.items()]
        rows = [row for row in rows if len(units[row[1]]) > 1]
        assert ours == pytest.approx(AnnotationTask(rows).alpha())


def test_agreement_that_cannot_differ_is_no_number():
    with np.errstate(all="ignore"):
        assert np.isnan(kappa(pairs_of_two([1.0, 1.0], [1.0, 1.0])))


def test_the_share_of_agreement_is_counted():
    table = pairs_of_two([1.0, 1.0, 0.5, 0.0], [1.0, 0.0, 0.5, 0.5])
    assert same(table) == (2, 4) and same_side(table) == (1, 2)
    assert same_side(pairs_of_two([0.5], [0.0])) == (0, 0)


def test_the_interval_of_kappa_holds_the_truth_and_stays_where_kappa_can_be():
    chance, hit, draws = np.random.default_rng(2), 0, 100
    kinds = np.array([1.0, 0.5, 0.0])

    def judged(many):
        truth = chance.choice(kinds, many)
        return [np.where(chance.random(many) < 0.8, truth, chance.choice(kinds, many)) for _ in range(2)]

    true = kappa(pairs_of_two(*judged(200_000)))
    for _ in range(draws):
        items = {
            str(n): pairs_of_two([one], [other])
            for n, (one, other) in enumerate(zip(*judged(40), strict=True))
        }
        (score,) = scores_over(items, kappa)
        hit += score.low <= true <= score.high
        assert score.high <= 1
    assert hit / draws >= 0.88


def test_the_intervals_of_strengths_hold_the_truth():
    chance, hit, draws = np.random.default_rng(4), 0, 25
    true = np.array([0.7, 0.1, -0.8])
    odds = 1 / (1 + np.exp(true[None, :] - true[:, None]))
    for _ in range(draws):
        wins = np.triu(chance.random((60, 3, 3)) < odds, 1)
        tables = wins + np.triu(~wins, 1).transpose(0, 2, 1)
        items = {str(n): table.ravel().astype(float) for n, table in enumerate(tables)}
        found = scores_over(items, lambda sums: strengths(sums.reshape(*sums.shape[:-1], 3, 3)))
        hit += sum(score.low <= one <= score.high for score, one in zip(found, true, strict=True))
    assert hit / (3 * draws) >= 0.88


@pytest.mark.parametrize(
    ("questions", "votes", "won"), [(10, 1, 0.5), (12, 3, 0.8), (40, 1, 0.9), (40, 4, 0.6)]
)
def test_the_interval_of_wins_holds_the_truth_as_often_as_it_says(questions, votes, won):
    """Votes on one question are alike: each has a rate of its own."""
    chance, hit, draws = np.random.default_rng(5), 0, 150
    for _ in range(draws):
        rates = chance.beta(4 * won, 4 * (1 - won), questions)
        points = chance.binomial(votes, rates) / votes
        score = rate_of({str(n): float(one) for n, one in enumerate(points)})
        hit += score.low <= won <= score.high
    assert hit / draws >= 0.9


def test_a_few_questions_that_say_the_same_do_not_prove_it():
    assert rate_of({"a": 1.0, "b": 1.0, "c": 1.0}).low < 0.5
    assert rate_of({str(n): 1.0 for n in range(30)}).low > 0.5
    assert rate_of({str(n): 0.75 for n in range(4)}).low < 0.5
