"""What votes come to: each question counts once, and what the votes cannot say is not said."""

import pytest

from pitchpipe_tools.compare.contestants import Contestant, ContestantAnswer
from pitchpipe_tools.compare.duels import duels_of
from pitchpipe_tools.compare.outcome import outcome_of
from pitchpipe_tools.compare.pairs import in_words
from pitchpipe_tools.compare.vote import Vote


def duels_between(tmp_path, names, questions):
    sides = [
        Contestant(
            name,
            tmp_path,
            {str(n): ContestantAnswer(str(n), f"Q{n}", f"{name} {n}") for n in range(questions)},
        )
        for name in names
    ]
    return duels_of(sides).by_key


def vote(duel, verdict, rater=1, again=False, **more):
    strength = 1 if verdict in ("first", "second") else 0
    return Vote(rater=rater, duel=duel, again=again, verdict=verdict, strength=strength, left="first", **more)


def votes_of(duels, verdicts, **more):
    return [vote(key, verdict, **more) for key, verdict in zip(duels, verdicts, strict=False)]


def test_a_question_with_many_votes_counts_once(tmp_path):
    duels = duels_between(tmp_path, "ba", 4)
    keys = list(duels)
    votes = [vote(keys[0], "first", rater) for rater in range(9)] + [vote(key, "second") for key in keys[1:]]
    (pair,) = outcome_of(votes, duels).pairs
    assert pair.rate.value == pytest.approx(0.25) and pair.rate.count == 4
    assert pair.verdicts == {"first": 9, "second": 3, "tie": 0, "both_bad": 0}


def test_strengths_count_a_question_once_too(tmp_path):
    """c against b is rated by one, c against a by nine: the same as if each were rated by one."""
    duels = duels_between(tmp_path, "cba", 12)
    verdicts = ["first", "first", "second"]
    once = [vote(key, verdicts[n % 3]) for n, key in enumerate(duels)]
    many = [
        vote(one.duel, one.verdict, rater)
        for one in once
        for rater in range(9 if duels[one.duel].models == ("c", "a") else 1)
    ]
    few, more = (outcome_of(votes, duels).strengths for votes in (once, many))
    assert {name: score.value for name, score in few.items()} == pytest.approx(
        {name: score.value for name, score in more.items()}
    )
    assert sum(score.value for score in few.values()) == pytest.approx(3000)
    assert all(score.low <= score.value <= score.high for score in few.values())


def test_repeats_skips_and_other_replies_do_not_count_for_who_wins(tmp_path):
    duels = duels_between(tmp_path, "ba", 6)
    keys = list(duels)
    votes = [
        vote(keys[0], "first"),
        vote(keys[0], "second", again=True),
        vote(keys[1], "skip"),
        vote("gone", "second"),
    ]
    outcome = outcome_of(votes, duels)
    assert outcome.pairs[0].rate.value == 1 and outcome.pairs[0].rate.count == 1
    assert (outcome.votes, outcome.skipped, outcome.stale, outcome.raters) == (2, 1, 1, 1)
    assert outcome.agreement["a rater says the same again"].value == 0


@pytest.mark.parametrize(
    ("verdicts", "better", "more", "said"),
    [
        (["first"] * 40, "b", 0, "decide it"),
        (["second"] * 40, "a", 0, "decide it"),
        (["first"] * 9 + ["second"] * 4, "", "some", "more votes decide"),
        (["first", "second"] * 20, "", None, ""),
        (["tie"] * 30 + ["both_bad"] * 10, "", None, ""),
        (["first"] * 3, "", None, ""),
    ],
)
def test_how_many_votes_decide(tmp_path, verdicts, better, more, said):
    duels = duels_between(tmp_path, "ba", 200)
    outcome = outcome_of(votes_of(duels, verdicts), duels)
    (pair,) = outcome.pairs
    assert (
        pair.better == better
        and said in in_words(outcome.pairs)
        and bool(said) == bool(in_words(outcome.pairs))
    )
    assert (10 <= pair.more <= 100) if more == "some" else pair.more == more


def test_the_forecast_comes_true_where_the_votes_fall_as_before(tmp_path):
    duels = duels_between(tmp_path, "ba", 400)
    verdicts = (["first"] * 5 + ["second"] * 3) * 50
    (now,) = outcome_of(votes_of(duels, verdicts[:24]), duels).pairs
    (later,) = outcome_of(votes_of(duels, verdicts[: 24 + now.more]), duels).pairs
    assert 0.5 * now.more > later.more


def test_too_few_questions_are_told_and_no_votes_foretold(tmp_path):
    from pitchpipe_tools.compare.told import sentence_of

    duels = duels_between(tmp_path, "ba", 13)
    (pair,) = outcome_of(votes_of(duels, ["first"] * 7 + ["second"] * 6), duels).pairs
    assert pair.more is None and pair.needed > 13
    assert "13 questions are too few" in sentence_of(pair)


def test_three_raters_get_alpha_and_two_get_kappa(tmp_path):
    duels = duels_between(tmp_path, "ba", 20)
    verdicts = ["first", "second", "tie"] * 7
    votes = [one for rater in (1, 2) for one in votes_of(duels, verdicts, rater=rater)]
    assert outcome_of(votes, duels).agreement["Cohen's kappa"].value == pytest.approx(1)
    votes += votes_of(duels, verdicts[1:] + verdicts[:1], rater=3)
    agreement = outcome_of(votes, duels).agreement
    assert "Cohen's kappa" not in agreement and -0.2 < agreement["Krippendorff's alpha"].value < 0.2
    assert agreement["raters say the same"].value == pytest.approx(1 / 3)
    assert agreement["the same, ties left out"].value < 1


def test_ratings_are_means_of_questions_and_have_no_interval_where_they_are_few(tmp_path):
    duels = duels_between(tmp_path, "ba", 10)
    votes = [
        vote(key, "tie", ratings={"first": {"safety": 1 + n % 5}, "second": {"safety": 3} if n < 2 else {}})
        for n, key in enumerate(duels)
    ]
    safety = outcome_of(votes, duels).ratings["safety"]
    assert safety["b"].value == 3 and safety["b"].low < 3 < safety["b"].high
    assert safety["a"].count == 2 and safety["a"].low is None


def test_no_votes_are_no_mistake(tmp_path):
    duels = duels_between(tmp_path, "cba", 3)
    outcome = outcome_of([], duels)
    assert (
        not outcome.pairs
        and not outcome.strengths
        and not outcome.agreement
        and in_words(outcome.pairs) == ""
    )
