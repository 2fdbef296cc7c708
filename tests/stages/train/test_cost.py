"""What prepare says a run will cost is what the run then takes."""

import pytest

from pitchpipe_components.collators import Padded
from pitchpipe_stages.prepare.examples import PreparedExamples
from pitchpipe_stages.render.sections import COLLATOR
from pitchpipe_stages.train.neighbours import maker
from pitchpipe_tools.recipe_argument import load_recipe
from tests import preferences

RECIPE = """
model: tiny
loaders:
  - files: {path: rows.jsonl}
template: chatml
collator:
  %s
trainer:
  sft: {epochs: 1.5, batch_size: 4, accumulate: 2, learning_rate: 1e-3}
"""
ROWS = [{"instruction": f"Say {n}.", "output": "word " * (n % 13)} for n in range(1, 61)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "collator", ["padded: {length: 128}", "packed: {length: 128}", "flattened: {length: 128}"]
)
def test_steps_and_tokens_are_those_of_the_run(collator, project):
    here = project({"recipe.yaml": RECIPE % collator, "rows.jsonl": ROWS})
    outcome = here.run("prepare", "recipe.yaml")
    outcome.assert_success()
    record = here.json("runs/recipe/run.json")
    told, split = record["cost"], record["stages"]["prepare"]["result"]["splits"]["train"]
    assert (told["conversations"], told["tokens"]) == (split["conversations"], split["tokens"])
    assert f"{told['steps']} an epoch, {told['total_steps']} in all" in outcome.out
    here.run("run", "recipe.yaml").assert_success()
    trained = here.json("runs/recipe/run.json")["stages"]["train"]["result"]
    assert trained["steps"] == told["total_steps"] > told["steps"] > 1


def test_padding_before_and_after(project):
    told = {}
    for collator in ("padded", "packed", "flattened"):
        here = project({"recipe.yaml": RECIPE % f"{collator}: {{length: 160}}", "rows.jsonl": ROWS})
        here.run("prepare", "recipe.yaml").assert_success()
        told[collator] = here.json("runs/recipe/run.json")["cost"]
    padded, packed, flattened = told.values()
    assert 0 < padded["padding"] < padded["shuffled_padding"] < 0.6 and padded["full"] is None
    assert packed["padding"] == flattened["padding"] == 0 < packed["shuffled_padding"]
    assert 0.9 < packed["full"] <= 1 and packed["rows"] < packed["conversations"]
    assert flattened["full"] is None and flattened["rows"] == flattened["conversations"]


def test_what_is_lost_for_length_is_told(project):
    long = {"instruction": "Say much.", "output": "word " * 60}
    here = project({"recipe.yaml": RECIPE % "padded: {length: 128}", "rows.jsonl": [*ROWS, long]})
    outcome = here.run("prepare", "recipe.yaml")
    outcome.assert_success()
    record = here.json("runs/recipe/run.json")
    lost = record["stages"]["prepare"]["result"]["too_long"]["tokens"]
    assert lost > 300  # one token a byte
    assert record["cost"]["lost"] == lost / (lost + record["cost"]["tokens"])
    assert f"lost for length {record['cost']['lost']:.1%} of all tokens" in " ".join(outcome.out.split())


def test_without_a_template_there_is_nothing_to_tell(project):
    here = project({"recipe.yaml": "loaders:\n  - files: {path: rows.jsonl}\n", "rows.jsonl": ROWS})
    outcome = here.run("prepare", "recipe.yaml")
    outcome.assert_success()
    assert "an epoch" not in outcome.out and here.json("runs/recipe/run.json")["cost"] == {}


FIXED = """
import torch
import pitchpipe as pp


@pp.hookimpl
def register_collators(register):
    register("fixed", fixed)


def fixed(examples, pad, *, length: int = 256):
    def filled(rows, filling):
        return torch.tensor([[*row, *[filling] * length][:length] for row in rows])

    ids = [example.ids for example in examples]
    return {
        "input_ids": filled(ids, pad),
        "labels": filled([example.labels for example in examples], -100),
        "attention_mask": filled([[1] * len(row) for row in ids], 0),
    }
"""


@pytest.mark.parametrize("length", [256, 64])
def test_a_collator_that_says_nothing_is_asked_for_batches(project, length):
    files = {"recipe.yaml": RECIPE % f"fixed: {{length: {length}}}", "rows.jsonl": ROWS}
    here = project({**files, "pitchpipe_local.py": FIXED})
    here.run("prepare", "recipe.yaml").assert_success()
    cost, lengths = here.json("runs/recipe/run.json")["cost"], prepared(here).lengths()
    expected = 1 - sum(min(length, one) for one in lengths.tolist()) / (len(lengths) * length)
    assert cost["padding"] == cost["shuffled_padding"] == pytest.approx(expected)


@pytest.mark.parametrize("name", ["padded", "packed", "flattened"])
def test_collators_make_the_batches_that_they_say(project, name):
    here = project({"recipe.yaml": RECIPE % f"{name}: {{length: 160}}", "rows.jsonl": ROWS})
    here.run("prepare", "recipe.yaml").assert_success()
    known = prepared(here)
    examples = [known[at] for at in range(len(known))]
    collator = load_recipe(str(here.folder / "recipe.yaml"), ())[COLLATOR].bound
    for batch in (examples[:5], examples[7:8]):
        made = maker(collator)(batch, 0)["input_ids"].numel()
        assert collator.room([len(example.ids) for example in batch]) == made


def prepared(here):
    return PreparedExamples(here.folder / "runs/recipe/prepared", "train")


def test_the_padding_of_pairs_is_that_of_both_sides(project):
    rows = [preferences.pair(f"Say {n}.", "so", "no " * (1 + n % 20)) for n in range(30)]
    here, examples = preferences.prepared(project, rows)
    made = [Padded()([examples[at], examples[at].rejected], 0)["attention_mask"] for at in range(30)]
    alone = 1 - sum(int(one.sum()) for one in made) / sum(one.numel() for one in made)
    told = here.json("runs/recipe/run.json")["cost"]
    assert told["tokens"] == sum(int(one.sum()) for one in made) and told["conversations"] == 30
    here.write(
        {"recipe.yaml": preferences.RECIPE.replace("trainer: both", "trainer: {both: {batch_size: 1}}")}
    )
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_success()
    assert here.json("runs/recipe/run.json")["cost"]["padding"] == pytest.approx(alone)
    assert told["padding"] > 0.2 and told["steps"] == 15
