"""Agreement with people is that of scikit-learn, and the file of votes is read with care."""

import numpy as np
import pytest

import pitchpipe as pp
from pitchpipe_components.evaluators.judge.calibration import (
    agreement,
    by_replies,
    kappa,
    kappa_without_ties,
    read_votes,
)
from pitchpipe_components.evaluators.judge.outcomes import Pair
from pitchpipe_stages.evaluate.intervals import score_of

VERDICTS = {1.0: ("A", "B"), 0.0: ("B", "A"), 0.5: ("tie", "tie")}


def judged(chance, many):
    """Questions of one to three votes each, which agree with the judge more often than not."""
    found = {}
    for number in range(many):
        own = chance.choice([1.0, 0.0, 0.5], p=[0.5, 0.3, 0.2])
        votes = [
            own if chance.random() < 0.6 else float(chance.choice([1, 0, 0.5])) for _ in range(1 + number % 3)
        ]
        found[Pair(str(number), "x" * (1 + number % 5), "yyy", VERDICTS[own])] = votes
    return found


def test_kappa_is_that_of_scikit_learn():
    from sklearn.metrics import cohen_kappa_score

    pairs = judged(np.random.default_rng(0), 200)
    scores = agreement(pairs, "judge")
    flat = [(str(pair.result), str(vote)) for pair, votes in pairs.items() for vote in votes]
    assert score_of(scores["judge_human_kappa"]).value == pytest.approx(
        cohen_kappa_score(*zip(*flat, strict=True))
    )
    clear = [both for both in flat if "0.5" not in both]
    both = score_of(scores["judge_human_kappa_without_ties"])
    assert both.value == pytest.approx(cohen_kappa_score(*zip(*clear, strict=True)))
    assert both.low < both.value < both.high
    same = np.mean([one == other for one, other in flat])
    assert score_of(scores["judge_human_agreement"]).value == pytest.approx(same)
    assert 0.2 < score_of(scores["human_human_agreement"]).value < 0.7
    assert score_of(scores["longest_human_agreement"]).value < score_of(scores["judge_human_agreement"]).value


def test_kappa_of_tables_with_a_known_one():
    assert kappa(np.array([20, 5, 10, 15.0])) == pytest.approx(0.4)  # Cohen's own example
    assert kappa_without_ties(np.array([20, 5, 7, 10, 15.0, 7, 7, 7, 7])) == pytest.approx(0.4)
    with np.errstate(all="ignore"):
        assert np.isnan(kappa(np.array([9.0, 0, 0, 0])))  # nobody ever says anything else


def test_votes_are_joined_whatever_side_they_name_first(tmp_path):
    line = (
        '{"id": "7", "first": {"model": "base", "said": "%s"}, "second": {"said": "%s"}, "verdict": "%s"%s}\n'
    )
    file = tmp_path / "votes.jsonl"
    lines = [
        ("a", "b", "first", ""),
        ("b", "a", "second", ""),
        ("a", "b", "both_bad", ""),
        ("a", "b", "second", ', "again": true'),
    ]
    file.write_text("".join(line % fields for fields in lines) + "\n")
    assert by_replies(read_votes(file)) == {("7", "a", "b"): [1, 1, 0.5]}


def test_a_line_that_is_no_vote_is_named(tmp_path):
    file = tmp_path / "votes.jsonl"
    file.write_text('{"id": "7"}\n')
    with pytest.raises(pp.PitchpipeError, match=r"line 1: no vote .*`first`.*pitchpipe compare"):
        read_votes(file)
