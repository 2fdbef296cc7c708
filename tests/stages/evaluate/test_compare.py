"""Base and tuned are compared on the same items: whole, by group, and apart where training has seen them."""

import json

import pytest

import pitchpipe as pp
from pitchpipe_components.evaluators.perplexity import exp_of_mean
from pitchpipe_stages.evaluate.compare import evaluated
from pitchpipe_stages.evaluate.evaluated import Evaluated
from pitchpipe_stages.evaluate.measures import Measure, of_each_item, read_measures, write_measures

MANY = 40


@pytest.fixture
def run(tmp_path):
    """A run's folder: evaluated(run, base={...}, tuned={...}) of measures by name."""
    (tmp_path / "prepared").mkdir()

    def compare(base, tuned=None, held_out=(), contaminated=()):
        for model, found in (("base", base), ("tuned", tuned or {})):
            measures = [Measure.of(name, one, "mine") for name, one in found.items()]
            write_measures(tmp_path / f"measured-{model}.jsonl", measures)
        lines(tmp_path / "prepared/test.jsonl", held_out)
        lines(tmp_path / "contaminated.jsonl", [{"id": id, "place": "a.jsonl:1"} for id in contaminated])
        return evaluated(tmp_path, ["base", "tuned"] if tuned else ["base"])

    return compare


def lines(file, rows):
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def hits(many, of=MANY, start=0, **more):
    return pp.Measured.shares({f"{start + at}": at < many for at in range(of)}, **more)


def losses(loss, tokens=10, of=MANY):
    items = {f"{at}": (tokens * (loss + at / 100), tokens) for at in range(of)}
    return pp.Measured(items, exp_of_mean, better="lower")


def test_tuning_that_helps(run):
    found = run({"exact_match": hits(2)}, {"exact_match": hits(30)})
    assert found.upshot.better == ["exact_match"] and found.upshot.worse == []
    assert found.upshot.sentence == (
        "Tuning helped: exact match rose from 5.0 % to 75.0 %, beyond what chance explains."
    )
    difference = found.difference["exact_match"]
    assert difference.way == "better" and difference.differ == 28 and 0.5 < difference.low < 0.7


def test_what_got_worse_comes_first(run):
    found = run({"match": hits(2), "perplexity": losses(1)}, {"match": hits(30), "perplexity": losses(2)})
    assert (found.upshot.better, found.upshot.worse) == (["match"], ["perplexity"])
    assert found.upshot.sentence.startswith(
        "Tuning made some things worse and others better: perplexity rose"
    )
    alone = run({"perplexity": losses(1)}, {"perplexity": losses(2)}).upshot.sentence
    assert alone.startswith("Tuning made the model worse: perplexity rose from 3.3")


def test_what_chance_explains_is_not_called_better(run):
    few = run({"match": hits(10)}, {"match": hits(12)})
    assert few.difference["match"].way == "unsure" and few.upshot.better == []
    assert few.upshot.sentence == (
        "The tuned model is no better than its base, within what chance explains: match 30.0 % (base 25.0 %)."
    )
    assert run({"match": hits(3)}, {"match": hits(3)}).difference["match"].way == "even"


def test_looks_that_can_find_nothing_are_not_counted(run):
    """Six items that all got better are sure alone; beside 40 scores that moved at random they are not."""
    alone = {"of six": hits(0)}, {"of six": hits(6)}
    still = {str(at): hits(5) for at in range(40)}
    assert run(*alone).upshot.better == ["of six"]
    assert run(alone[0] | still, alone[1] | still).upshot.better == ["of six"]
    moved = {str(at): hits(5, start=5) for at in range(40)}
    away = {str(at): pp.Measured.shares({f"{5 + at}": at > 34 for at in range(MANY)}) for at in range(40)}
    many = run(alone[0] | moved, alone[1] | away)
    assert many.difference["of six"].chance < 0.05 and many.upshot.better == []


def test_a_tuned_model_that_gives_no_number_is_worse(run):
    broken = losses(1).items | {"3": (float("nan"), 10)}
    found = run({"perplexity": losses(1)}, {"perplexity": pp.Measured(broken, exp_of_mean, better="lower")})
    assert found.tuned["perplexity"].value is None and found.upshot.worse == ["perplexity"]
    assert "perplexity is not a number, base 3.3" in found.upshot.sentence


def test_scores_without_items_are_compared_by_their_intervals(run):
    def score(value, reach):
        return pp.Score(value, 500, value - reach, value + reach, better="higher")

    far = run({"elo": score(1000, 20)}, {"elo": score(1100, 20)})
    assert far.upshot.better == ["elo"] and 60 < far.difference["elo"].low < 80
    near = run({"elo": score(1000, 20)}, {"elo": score(1025, 20)})
    assert near.difference["elo"].way == "unsure"
    told = run({"length": pp.Score(9, 10)}, {"length": pp.Score(1, 10)})
    assert told.upshot.sentence == "" and told.difference == {}


def held_out(category):
    return [{"id": str(at), "category": category(at), "source": {"dataset": "one"}} for at in range(MANY)]


def test_a_category_that_got_worse_is_named_though_the_whole_is_better(run):
    base = pp.Measured.shares({str(at): at % 4 == 0 for at in range(MANY)})
    tuned = pp.Measured.shares({str(at): at % 4 != 0 for at in range(MANY)})
    found = run({"match": base}, {"match": tuned}, held_out(lambda at: "sums" if at % 4 == 0 else "words"))
    assert set(found.groups["match"]) == {"category: sums", "category: words"}  # one source is no group
    sums = found.groups["match"]["category: sums"]
    assert (sums.base.value, sums.tuned.value, sums.difference.way) == (1, 0, "worse")
    assert found.upshot.better == ["match"] and found.upshot.worse_groups == [("match", "category: sums")]
    assert found.upshot.sentence == (
        "Tuning helped: match rose from 25.0 % to 75.0 %, beyond what chance explains; it got worse in"
        " category: sums (match 100.0 % to 0.0 %)."
    )


def test_of_many_categories_none_is_worse_by_chance_alone(run):
    """Of 20 groups one has lost 6 of 10 and won none: alone it would be sure."""
    rows = [
        {"id": f"{group}-{at}", "category": str(group), "source": {}}
        for group in range(20)
        for at in range(10)
    ]
    others = [f"{group}-{at}" for group in range(20) if group != 7 for at in range(10)]
    base = {f"7-{at}": at < 6 for at in range(10)} | {id: id[-1] < "3" for id in others}
    tuned = {f"7-{at}": False for at in range(10)} | {id: "2" < id[-1] < "6" for id in others}
    found = run({"m": pp.Measured.shares(base)}, {"m": pp.Measured.shares(tuned)}, rows)
    seven = found.groups["m"]["category: 7"].difference
    assert seven.chance < 0.05 and seven.way == "unsure" and found.upshot.worse_groups == []


def test_own_items_have_their_own_groups(run):
    def own(many):
        items = {str(at): pp.Item("Say it.", "long" if at < 20 else "short") for at in range(MANY)}
        return hits(many, own=items)

    found = run({"rules": own(20)}, {"rules": own(40)}, [])
    assert set(found.groups["rules"]) == {"long", "short"}
    assert found.upshot.better_groups == [("rules", "short")]
    assert found.groups["rules"]["long"].difference.way == "even"


def test_what_training_has_seen_is_scored_apart(run):
    seen = [str(at) for at in range(20)]
    found = run({"match": hits(0)}, {"match": hits(20)}, contaminated=seen)
    assert found.contaminated["match"].tuned.value == 1 and found.clean["match"].tuned.value == 0
    assert found.clean["match"].tuned.count == 20
    assert found.upshot.sentence.endswith(
        "; without the items that stand in the training data, match did not surely get better."
    )
    assert run({"match": hits(0)}, {"match": hits(20)}).contaminated == {}


def test_one_model_alone_has_no_difference(run):
    found = run({"match": hits(3)}, held_out=held_out(lambda at: str(at % 2)))
    assert found.upshot.sentence == "" and found.tuned == {} and found.difference == {}
    assert found.groups["match"]["category: 0"].base.count == 20


def test_the_same_records_give_the_same_bytes(run):
    import msgspec

    both = {"p": losses(1)}, {"p": losses(1.1)}
    first, second = (msgspec.json.encode(run(*both)) for _ in range(2))
    assert first == second and msgspec.json.decode(first, type=Evaluated).upshot.worse == ["p"]


def test_measures_come_back_as_they_were(tmp_path):
    odd = pp.Measured({"a": (1.0, 2.0), "b": (float("nan"), 1.0)}, exp_of_mean, better="lower", how="x")
    write_measures(tmp_path / "m.jsonl", [Measure.of("odd", odd, "mine")])
    back = read_measures(tmp_path / "m.jsonl")["odd"]
    assert back.measured.value is exp_of_mean and back.measured.items["a"] == [1.0, 2.0]
    assert back.measured.items["b"][0] != back.measured.items["b"][0]
    assert of_each_item([back]) == {"a": {"odd": pytest.approx(1.6487, abs=1e-4)}, "b": {"odd": None}}
    with pytest.raises(pp.PitchpipeError, match="do not all give as many numbers"):
        Measure.of("odd", pp.Measured({"a": (1.0,), "b": (1.0, 2.0)}), "mine")
    with pytest.raises(pp.PitchpipeError, match="no lambda"):
        Measure.of("odd", pp.Measured({"a": (1.0,)}, lambda sums: sums), "mine")
