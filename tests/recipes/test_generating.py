"""The recipe that generates without a network: from seeds to scores, and with the tiny model as its own teacher."""

from collections import Counter

import pytest

from pitchpipe.testing import Project

pytestmark = pytest.mark.slow(seconds=30)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    here = Project(tmp_path_factory.mktemp("quickstart"))
    here.run("generate", "quickstart-generate").assert_success()
    return here


def made(here):
    return here.rows("generated/quickstart-generate/rows.jsonl")


def test_its_replies_ship_and_answer_all_that_it_asks(here):
    """Where a prompt has changed: python recipes/making/replies.py recipes/data"""
    told = here.json("generated/quickstart-generate/made.json")
    assert (told["finished"], told["problem"]) == (True, "")
    counts = [counts for one in told["generators"] for counts in one["operators"].values()]
    assert sum(one["asked"] for one in counts) == sum(one["answered"] for one in counts) > 500
    assert told["generators"][0]["done"] == 120


def test_its_rows_come_of_every_generator_and_operator(here):
    ways = Counter(operator for row in made(here) for operator in ways_of(here, row))
    assert ways["self_instruct"] > 100 and ways["answers"] > 100
    assert min(ways[name] for name in ("constraints", "deepen", "mutation")) > 20


def ways_of(here, row):
    """The generators and operators on the way to a row."""
    known = {line["id"]: line for line in here.rows("generated/quickstart-generate/sources.jsonl")}
    steps = [row["made"], *(known[id].get("made", {}) for id in row["made"]["parents"] if id in known)]
    return {name for step in steps for name in (step.get("generator"), step.get("operator")) if name}


def test_it_runs_from_rows_to_scores(here):
    shorter = ("--set", "trainer.sft.max_steps=2", "--set", "evaluators.repetition.limit=2")
    here.run("run", "quickstart-generate", "--workers", "1", *shorter).assert_success()
    scores = here.json("runs/quickstart-generate/scores.json")
    assert {"perplexity", "ends_by_itself"} <= set(scores["base"]) == set(scores["tuned"])
    read = here.json("runs/quickstart-generate/run.json")["stages"]["prepare"]["result"]["rows"]["generated"]
    assert read["read"] == len(made(here)) and read["kept"] > 200
    sides = {
        side: {row["group"] for row in here.rows(f"runs/quickstart-generate/prepared/{side}.jsonl")}
        for side in ("train", "test")
    }
    assert sides["train"] and sides["test"] and not sides["train"] & sides["test"]


OWN = """
teachers:
  itself: {model: {}}
generators:
  - answers: {teacher: itself, seeds: seeds.jsonl, max_tokens: 16}
model: tiny
template: alpaca_short
loaders:
  - generated
"""


def test_the_tiny_model_is_its_own_teacher_whose_babble_is_no_row_unless_the_recipe_says_so(project):
    words = ["lo", "mi", "ka", "tu", "sen", "par"]
    seeds = [{"instruction": f"Say {word} twice."} for word in words]
    here = project({"recipe.yaml": OWN, "seeds.jsonl": seeds})
    assert "no row was made" in here.run("generate", "recipe.yaml").out
    (answers,) = here.json("generated/recipe/made.json")["generators"]
    (counts,) = answers["operators"].values()
    assert counts["asked"] == counts["cut"] == len(words) and counts["parsed"] == 0
    assert [line["fate"] for line in here.rows("generated/recipe/ledger.jsonl")] == ["cut"] * len(words)
    here.run("generate", "recipe.yaml", "--set", "generators.answers.accept=[cut]").assert_success()
    assert len(here.rows("generated/recipe/rows.jsonl")) == len(words)
