"""How much of each source is trained on, and what the run says of it."""

import numpy as np
import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.data.sections import SourceUse
from pitchpipe_stages.prepare import mix
from pitchpipe_stages.prepare.result import MixLine
from pitchpipe_stages.prepare.sections import Mix


def drawn(how, sizes, options=None, tokens=None, stepwise=None):
    """Times that each row comes, and the report. `options` are those of each source."""
    sources = [SourceUse(None, f"s{n}", **(options or [{}] * len(sizes))[n]) for n in range(len(sizes))]
    lane = np.repeat(np.arange(len(sizes)), sizes)
    steps = np.zeros(len(lane), bool) if stepwise is None else np.array(stepwise, bool)
    lengths = np.ones(len(lane), np.int64) if tokens is None else np.array(tokens)
    names = np.random.default_rng(0).integers(1, 2**63, len(lane), dtype=np.uint64)
    order, report = mix.order(how, sources, mix.MixRows(lane, steps, lengths, names))
    return np.bincount(order, minlength=len(lane)), lane, report


def counts(how, sizes, options=None):
    times, lane, _ = drawn(how, sizes, options)
    return [int(times[lane == n].sum()) for n in range(len(sizes))]


@pytest.mark.parametrize(
    ("how", "options", "expected"),
    [
        (Mix(), None, [100, 400]),
        (Mix(), [{"fraction": 0.25}, {}], [25, 400]),
        (Mix(), [{"count": 30}, {"count": 900}], [30, 900]),
        (Mix(), [{"epochs": 2.5}, {"epochs": 0.5}], [250, 200]),
        (Mix(), [{"weight": 1}, {"weight": 1}], [250, 250]),
        (Mix(total=300), [{"weight": 2}, {"weight": 1}], [200, 100]),
        (Mix(total=50), None, [10, 40]),
        (Mix(by="size", total=100), None, [20, 80]),
        (Mix(by="size", cap=100, total=100), None, [50, 50]),
        (Mix(by="temperature", temperature=2, total=300), None, [100, 200]),
        (Mix(by="temperature", temperature=2), None, [167, 333]),
        (Mix(by="size", total=150), [{"count": 50}, {}], [50, 100]),
    ],
)
def test_amounts(how, options, expected):
    found = counts(how, [100, 400], options)
    assert all(abs(a - b) <= 1 for a, b in zip(found, expected, strict=True)), found


def test_flan_temperature_three():
    found = counts(Mix(by="temperature", temperature=3, cap=3000, total=10_000), [64, 1000, 8000])
    rates = np.cbrt([64, 1000, 3000])
    assert np.allclose(found, 10_000 * rates / rates.sum(), atol=1)


def test_no_row_comes_twice_more_than_another_of_its_source():
    times, lane, _ = drawn(Mix(), [100, 400], [{"epochs": 2.5}, {"fraction": 0.1}])
    assert set(times[lane == 0]) == {2, 3} and set(times[lane == 1]) == {0, 1}


def test_budgets_of_tokens():
    tokens = np.tile([10, 30], 250)
    times, lane, report = drawn(
        Mix(unit="tokens", total=3000), [100, 400], [{"weight": 1}, {"weight": 2}], tokens
    )
    found = [(times * tokens)[lane == n].sum() for n in (0, 1)]
    assert abs(found[0] - 1000) <= 30 and abs(found[1] - 2000) <= 30
    assert [line.tokens for line in report] == found


def test_tokens_need_a_tokenizer():
    with pytest.raises(PitchpipeError, match="the recipe has no model"):
        drawn(Mix(unit="tokens", total=10), [5], tokens=np.zeros(5, np.int64))


def test_chain_of_thought_gets_its_share():
    steps = np.arange(500) % 10 == 0
    times, _, report = drawn(Mix(stepwise=0.25, total=400), [100, 400], stepwise=steps)
    assert abs(times[steps].sum() - 100) <= 2 and abs(times[~steps].sum() - 300) <= 2
    assert [line.source for line in report] == ["s0", "s0, step by step", "s1", "s1, step by step"]
    with pytest.raises(PitchpipeError, match="no chain-of-thought row"):
        drawn(Mix(stepwise=0.25), [5])


def test_the_report_says_what_came_out_and_warns_of_repetition():
    _, _, report = drawn(Mix(), [10, 90], [{"epochs": 5}, {}])
    assert report[0] == MixLine(
        source="s0", available=10, conversations=50, tokens=50, share=0.3571, epochs=5.0
    )
    (word,) = mix.too_often(report)
    assert "'s0' is seen 5 times" in word and mix.too_often(report[1:]) == []


def test_more_rows_of_one_source_leave_the_choice_in_another():
    small, lane, _ = drawn(Mix(), [100, 50], [{"fraction": 0.5}, {}])
    large, other, _ = drawn(Mix(), [100, 500], [{"fraction": 0.5}, {}])
    assert np.array_equal(small[lane == 0], large[other == 0])


ROWS = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(40)]
RECIPE = """
loaders:
  - files: {path: a.jsonl, name: a, epochs: 2}
  - files: {path: b.jsonl, name: b, fraction: 0.25}
split: {train: 0.8, test: 0.2}
"""


def test_a_run_repeats_and_leaves_out_as_the_recipe_says(project):
    from pitchpipe_stages.prepare.examples import PreparedExamples

    more = [{"instruction": f"Tell {n}.", "output": str(n)} for n in range(40)]
    here = project(
        {"recipe.yaml": RECIPE + "model: tiny\ntemplate: alpaca_short\n", "a.jsonl": ROWS, "b.jsonl": more}
    )
    out = here.run("prepare", "recipe.yaml").assert_success().out
    result = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]
    a, b = result["mix"]
    assert a["conversations"] == 2 * a["available"] and b["conversations"] == round(b["available"] / 4)
    assert "Mix" in out and "epochs" in out
    train = PreparedExamples(here.folder / "runs/recipe/prepared", "train")
    assert len(train) == a["conversations"] + b["conversations"] == len(train.lengths())
    assert result["splits"]["train"]["conversations"] == a["available"] + b["conversations"]
    ids = [tuple(train[n].ids) for n in range(len(train))]
    assert sorted(ids.count(one) for one in set(ids)) == [1] * b["conversations"] + [2] * a["available"]
    left_out = [line for line in here.rows("runs/recipe/ledger.jsonl") if line["stage"] == "mix"]
    assert len(left_out) == b["available"] - b["conversations"] and left_out[0]["reason"] == "not drawn"
    # What is held out is asked once, whatever the mix.
    sides = {c["source"]["dataset"] for c in here.rows("runs/recipe/prepared/test.jsonl")}
    assert (
        sides == {"a", "b"}
        and result["splits"]["test"]["conversations"] == 80 - a["available"] - b["available"]
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("epochs: 2", "epochs: 2, count: 3"), "say count or epochs, not both"),
        (("fraction: 0.25", "weight: 2"), None),
        (("epochs: 2", "weight: 2"), None),
        (("fraction: 0.25", "fraction: 2"), "fraction: expected a number above 0 and of at most 1"),
        (
            ("split:", "mix: {by: temprature}\nsplit:"),
            "expected one of size, temperature, or null, got 'temprature'. Did you mean 'temperature'?",
        ),
    ],
)
def test_amounts_are_never_ambiguous(project, change, said):
    here = project({"recipe.yaml": RECIPE.replace(*change), "a.jsonl": ROWS, "b.jsonl": ROWS})
    outcome = here.run("check", "recipe.yaml")
    assert outcome.assert_failed(said) if said else outcome.assert_success()


def test_weights_stand_beside_weights(project):
    recipe = RECIPE.replace("epochs: 2", "weight: 2").replace(", fraction: 0.25", "")
    here = project({"recipe.yaml": recipe, "a.jsonl": ROWS, "b.jsonl": ROWS})
    here.run("check", "recipe.yaml").assert_failed("'b' needs a weight too (or a fraction, count or epochs)")
    recipe = recipe.replace("name: b", "name: b, weight: 1") + "mix: {by: temperature}\n"
    here.write({"recipe.yaml": recipe}).run("check", "recipe.yaml").assert_failed("mix: sources have weights")
