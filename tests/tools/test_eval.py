"""`pitchpipe eval`: a run, a folder, a recipe; and what a newcomer types wrong."""

import shutil

import pytest

from pitchpipe.testing import Project
from pitchpipe_components.models.tiny import __file__ as tiny
from tests.started import ROWS

TINY = tiny.replace("__init__.py", "base")
TRAINED = """\
model: tiny
adapter:
  lora: {save: adapter}
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.8, validation: 0.1, test: 0.1}
trainer:
  sft: {batch_size: 4, max_steps: 2, log_every: 2}
evaluators:
  - perplexity
  - exact_match: {max_new_tokens: 4}
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A run, and its adapter copied to where no run is around it."""
    project = Project(tmp_path_factory.mktemp("eval")).write({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    project.run("run", "recipe.yaml", "--workers", "1").assert_success()
    shutil.copytree(project.folder / "runs/recipe/model", project.folder / "adapter")
    return project


def values(here, name):
    scores = here.json(f"runs/{name}/scores.json")
    return {side: {n: one["value"] for n, one in scores[side].items()} for side in ("base", "tuned")}


@pytest.mark.slow
def test_a_run_is_scored_again_and_gives_the_same(here):
    out = here.run("eval", "runs/recipe").assert_success().out
    assert values(here, "recipe-eval") == values(here, "recipe") and "tuned" in out
    assert values(here, "recipe")["tuned"]["perplexity"] != values(here, "recipe")["base"]["perplexity"]
    assert not (here.folder / "runs/recipe-eval/model").exists()
    again = here.run("eval", "runs/recipe/model").assert_success().out
    assert again.count("already done, nothing changed") == 3


@pytest.mark.slow
def test_an_evaluator_that_has_no_limit_says_so(here):
    some = here.run("eval", "runs/recipe", "--limit", "2", "--name", "some").assert_success()
    assert "--limit: perplexity has no such option, and reads all there is" in some.err
    scores = here.json("runs/some/scores.json")["tuned"]
    assert scores["exact_match"]["count"] == 2 < scores["perplexity"]["count"]


@pytest.mark.slow
def test_an_adapter_stands_beside_its_base_on_other_rows(here):
    here.write({"held.jsonl": ROWS[:6]})
    options = ("--data", "held.jsonl", "--evaluators", "perplexity,instructions", "--limit", "3")
    small = ("--set", "evaluators.instructions.max_new_tokens=4")
    here.run("eval", "adapter", *options, *small).assert_success()
    scores = here.json("runs/adapter-eval/scores.json")
    assert (
        scores["tuned"]["perplexity"]["count"] == 3 and scores["base"]["instructions_followed"]["count"] == 3
    )
    assert scores["tuned"]["perplexity"]["value"] != scores["base"]["perplexity"]["value"]


@pytest.mark.slow
def test_a_model_that_is_no_run_has_one_column_and_needs_no_data(here):
    said = ("--evaluators", "safety", "--limit", "2", "--set", "evaluators.safety.max_new_tokens=4")
    here.run("eval", TINY, *said).assert_failed("has no chat template", "--template chatml")
    out = here.run("eval", TINY, "--template", "chatml", "--name", "plain", *said).assert_success().out
    assert values(here, "plain")["tuned"] == {} and "Rows" not in out
    assert here.json("runs/plain/scores.json")["base"]["safety_empty"]["count"] == 2


@pytest.mark.slow
def test_a_recipe_that_is_not_trained_scores_its_base_alone(here):
    here.write({"other.yaml": TRAINED})
    done = here.run("eval", "other.yaml", "--evaluators", "perplexity").assert_success()
    assert "other.yaml has not been trained: its base alone is scored" in done.err
    assert list(values(here, "other-eval")["base"]) == ["perplexity", "bits_per_byte"]
    assert not (here.folder / "runs/other").exists() and values(here, "other-eval")["tuned"] == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["runs/recipee"], "there is no runs/recipee. Did you mean 'runs/recipe'?"),
        (["recipe"], "recipe is no model. Did you mean 'runs/recipe'?"),
        (["./adaptr"], "there is no ./adaptr. Did you mean 'adapter'?"),
        (["recipee.yaml"], "no recipe recipee.yaml. Did you mean 'recipe.yaml'?"),
        (["rows.jsonl"], "rows.jsonl is a file, and no recipe. Name a model, and this file with --data rows.jsonl"),
        (["adapter", "--data", "row.jsonl"], "--data row.jsonl: there is no such file. Did you mean 'rows.jsonl'?"),
        (["adapter", "--evaluators", "perplexty"], "--evaluators: no evaluator 'perplexty'. Did you mean 'perplexity'?"),
        (["adapter", "--evaluators", "perplexity"], "perplexity: scored on held-out conversations, and there are none"),
        (["adapter", "--base", "x"], "adapter is an adapter, and names its base itself"),
        (["runs/recipe", "--template", "chatml"], "runs/recipe is a run, which has a template and a base"),
        (["recipe.yaml", "--set", "evaluator=x"], "no such section"),
        (["adapter", "--set", "evaluators.safety.max_tokens=3"], "no such option of evaluator 'safety'"),
    ],
)  # fmt: skip
def test_what_is_typed_wrong(here, arguments, words):
    here.run("eval", *arguments).assert_failed(words)


def test_a_tuned_model_and_a_trainer_do_not_go_together(here):
    here.run("check", "recipe.yaml", "--set", "tuned.model=adapter").assert_failed(
        "leave out this or `trainer`"
    )
    alone = ("--set", "trainer=null", "--set", "adapter=null", "--set", "tuned.model=adapter")
    here.run("check", "recipe.yaml", *alone).assert_success()
    here.run("check", "recipe.yaml", *alone, "--set", "evaluators=null").assert_failed(
        "needs a section 'evaluators'"
    )
