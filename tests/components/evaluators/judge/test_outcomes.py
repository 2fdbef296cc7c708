"""What both orders say together, and how far it is to be trusted."""

from math import log

import numpy as np
import pytest

import pitchpipe as pp
from pitchpipe_components.evaluators.judge.families import families, relatives
from pitchpipe_components.evaluators.judge.length import RIDGE, length_controlled
from pitchpipe_components.evaluators.judge.outcomes import Pair, bounds
from pitchpipe_components.evaluators.judge.scores import of_pairs, of_ratings
from pitchpipe_stages.evaluate.intervals import score_of


def values(scores):
    return {n: (s if isinstance(s, pp.Score) else score_of(s)).value for n, s in scores.items()}


@pytest.mark.parametrize(
    ("verdicts", "result", "disagrees"),
    [
        (("A", "B"), 1, False),  # the one reply in both orders
        (("B", "A"), 0, False),
        (("tie", "tie"), 0.5, False),
        (("A", "A"), 0.5, True),  # the first place in both orders
        (("B", "B"), 0.5, True),
        (("A", "tie"), 0.5, True),
    ],
)
def test_both_orders_decide_together(verdicts, result, disagrees):
    pair = Pair("1", "x", "y", verdicts)
    assert pair.valid and pair.result == result and pair.disagrees == disagrees


def test_no_verdict_is_an_outcome_with_bounds():
    pairs = [Pair("1", "x", "y", ("A", "B")), Pair("2", "x", "y", ("A", None)), Pair("3", "x", "x")]
    pairs.append(Pair("4", "x", "y", ("B", "A")))
    assert bounds(pairs) == (1.5 / 4, 2.5 / 4)
    scores = of_pairs(pairs, "")
    assert values(scores)["judge_win_rate"] == 0.5 and values(scores)["judge_invalid"] == pytest.approx(1 / 3)
    assert (
        "1 of 4 without a verdict: 37.5 % if all of them are lost, 62.5 % if won"
        in scores["judge_win_rate"].how
    )
    assert set(scores["judge_win_rate"].items) == {"1", "3", "4"}


def test_of_judges_that_only_look_at_places_or_lengths():
    places = of_pairs([Pair(str(n), "x" * n, "yyy", ("A", "A")) for n in range(10)], "")
    assert values(places) == pytest.approx(
        {
            "judge_win_rate": 0.5,
            "judge_win_rate_length_controlled": 0.5,
            "judge_disagreement": 1,
            "judge_invalid": 0,
            "judge_prefers_first": 1,
        }
    )
    lengths = [
        Pair(str(n), "x" * n, "y" * 5, ("A", "B") if n > 5 else ("B", "A")) for n in range(11) if n != 5
    ]
    found = values(of_pairs(lengths, ""))
    assert found["judge_prefers_longer"] == 1 and found["judge_prefers_first"] == 0.5


def test_length_is_taken_out():
    """A judge for whom only length counts, and a model that writes more: nothing is left of its lead."""
    chance = np.random.default_rng(1)
    longer = chance.normal(300, 200, 400).astype(int)
    won = (chance.random(400) < 1 / (1 + np.exp(-longer / 150))).astype(float)
    score = length_controlled(list(won), list(longer), "")
    assert won.mean() > 0.75 and score.low < 0.5 < score.high and abs(score.value - 0.5) < 0.1
    # And a lead that has nothing to do with length stays.
    won = (chance.random(400) < 0.8).astype(float)
    score = length_controlled(list(won), list(longer), "")
    assert 0.6 < score.low < 0.8 < score.high


def test_the_fit_is_that_of_scipy():
    from scipy.optimize import minimize

    chance = np.random.default_rng(2)
    for size in (3, 40, 300):
        won, longer = chance.choice([0, 0.5, 1], size), chance.integers(-500, 900, size)
        x = np.tanh(longer / longer.std())

        def loss(ab, x=x, won=won):
            z = ab[0] + ab[1] * x
            return (np.logaddexp(0, z) - won * z).sum() + RIDGE / 2 * (ab**2).sum()

        best = minimize(loss, [0.0, 0.0], tol=1e-12).x[0]
        found = length_controlled(list(won), list(longer), "")
        assert abs(log(found.value / (1 - found.value)) - best) < 1e-4
        assert found.low <= found.value <= found.high


@pytest.mark.slow(seconds=5)
def test_its_interval_holds_what_it_promises():
    """Of a judge for whom length counts, a known rate at equal length, and few questions."""
    chance, held, tries = np.random.default_rng(5), {0.5: 0, 0.8: 0}, 150
    for rate in held:
        for _ in range(tries):
            longer = chance.normal(100, 200, 60)
            odds = log(rate / (1 - rate)) + 1.5 * np.tanh(longer / longer.std())
            won = (chance.random(60) < 1 / (1 + np.exp(-odds))).astype(float)
            score = length_controlled(list(won), list(longer), "")
            held[rate] += score.low <= rate <= score.high
    assert min(held.values()) / tries > 0.91, held


def test_without_length_it_is_the_share_with_the_interval_of_jeffreys():
    from scipy.stats import beta

    for won in (0, 3, 20):
        score = length_controlled([1.0] * won + [0.0] * (20 - won), [0] * 20, "")
        low, high = beta.ppf([0.025, 0.975], won + 0.5, 20 - won + 0.5)
        assert (
            abs(score.low - low) < 0.02
            and abs(score.high - high) < 0.02
            and abs(score.value - won / 20) < 0.01
        )


@pytest.mark.parametrize("results", [[1.0], [1.0] * 30, [0.0] * 30, [0.5] * 7])
def test_few_or_equal_results_crash_nothing(results):
    for lengths in ([0] * len(results), list(range(len(results)))):
        score = length_controlled(results, lengths, "")
        assert 0 < score.low <= score.value <= score.high < 1 and abs(score.value - results[0]) < 0.3


def test_an_outlier_of_a_length_does_not_stop_the_fit():
    score = length_controlled([1.0, 0.0] * 20 + [1.0], [3, 5] * 20 + [10_000_000], "")
    assert 0.3 < score.value < 0.7


def simulated(chance, questions):
    """Two orders of each question: one latent difference, and a little chance of its own for each order."""
    seen = chance.normal(0.15, 1, questions)[:, None] + chance.normal(0, 0.35, (questions, 2))
    games = np.where(seen > 0.25, 1.0, np.where(seen < -0.25, 0.0, 0.5))
    names = {1.0: ("A", "B"), 0.0: ("B", "A"), 0.5: ("tie", "tie")}
    pairs = [Pair(str(n), "x", "y", (names[a][0], names[b][1])) for n, (a, b) in enumerate(games.tolist())]
    return pairs, np.repeat(games.ravel(), np.where(abs(seen.ravel()) > 1, 3, 1))


@pytest.mark.slow(seconds=5)
def test_intervals_over_questions_hold_what_they_promise_and_over_verdicts_do_not():
    """Elsewhere each verdict is a row of its own, a strong one three rows, and rows are drawn."""
    chance, by_question, by_row, tries = np.random.default_rng(3), 0, 0, 200
    pairs, rows = simulated(chance, 20_000)
    truth, truth_of_rows = np.mean([pair.result for pair in pairs]), rows.mean()
    for _ in range(tries):
        pairs, rows = simulated(chance, 120)
        score = score_of(pp.Measured.shares({pair.id: pair.result for pair in pairs}))
        by_question += score.low <= truth <= score.high
        shares = [np.mean(rows == value) for value in (0, 0.5, 1)]
        drawn = chance.multinomial(len(rows), shares, 1000) @ [0, 0.5, 1] / len(rows)
        low, high = np.quantile(drawn, [0.025, 0.975])
        by_row += low <= truth_of_rows <= high
    assert by_question / tries > 0.915  # 95 %, less two standard errors of so many tries
    assert by_row / tries < 0.75


def test_statistics_of_verdicts_are_those_that_made_them():
    """A judge as one was measured on MT-Bench: 12.9 % of its verdicts turn with the order, 68 % of those that
    stand are for the longer reply."""
    chance, pairs = np.random.default_rng(4), []
    for number in range(1500):
        one, other = ("xx", "x") if chance.random() < 0.5 else ("x", "xx")
        longer_wins = chance.random() < 0.68
        side = "A" if longer_wins == (len(one) > len(other)) else "B"
        turned = {"A": "B", "B": "A"}[side]
        pairs.append(Pair(str(number), one, other, (side, side if chance.random() < 0.129 else turned)))
    found = {name: score_of(s) for name, s in of_pairs(pairs, "").items() if isinstance(s, pp.Measured)}
    assert found["judge_disagreement"].low < 0.129 < found["judge_disagreement"].high
    assert found["judge_prefers_longer"].low < 0.68 < found["judge_prefers_longer"].high
    # FastChat's adjusted win rate, (won + tied / 2) / n, where a turned verdict is a tie.
    won, tied = (sum(pair.result == value for pair in pairs) for value in (1, 0.5))
    assert found["judge_win_rate"].value == pytest.approx((won + tied / 2) / 1500)


def test_ratings():
    scores = of_ratings({"1": 4.0, "2": 8.0, "3": None}, 10, "x")
    assert values(scores) == pytest.approx({"judge_rating": 6, "judge_rating_invalid": 1 / 3})
    assert "4.33 if all of them are 1, 7.33 if all are 10" in scores["judge_rating"].how


def test_families():
    assert families("Qwen/Qwen2.5-7B-Instruct") == families("qwq-32b") == families("qwen2") == {"Qwen"}
    assert families("deepseek-ai/DeepSeek-R1-Distill-Llama-8B") == {"DeepSeek", "Llama"}
    assert families("gpt-5-mini") == families("openai/gpt-oss-20b") == families("o3-mini") == {"GPT"}
    for name in (
        "gpt2",
        "EleutherAI/gpt-neox-20b",
        "gpt_neox",
        "EleutherAI/gpt-j-6b",
        "sophia",
        "my-model",
        "yield",
    ):
        assert not families(name), name
    assert families("mistralai/Mixtral-8x7B") == {"Mistral"} and families("google/gemma-3-4b-it") == families(
        "gemini-2.5-pro"
    )
    assert families("microsoft/phi-4") == {"Phi"} and families("CodeLlama-7b") == {"Llama"}


def test_a_name_says_more_than_an_architecture():
    assert "one family, Llama" in relatives("llama-3.3-70b", "my-model", "llama")
    assert not relatives("llama-3.3-70b", "HuggingFaceTB/SmolLM2-135M", "llama")
    for judge in ("a/b", "b", "the recipe's base"):
        assert "the judge is the model itself" in relatives(judge, "a/b", "x")
    assert not relatives("gpt-5-mini", "openai-community/gpt2", "gpt2")
