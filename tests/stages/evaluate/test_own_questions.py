"""Evaluators that bring their own questions need no data: a recipe is a model, a template and they."""

import pytest

OWN = """\
model: tiny
template: alpaca_short
evaluators:
  - instructions: {limit: 5, max_new_tokens: 8}
  - safety: {limit: 6, max_new_tokens: 8}
"""


def test_such_a_recipe_is_sound_and_others_are_told_what_they_lack(project):
    here = project(
        {"own.yaml": OWN, "held.yaml": OWN + "  - perplexity\n", "no.yaml": "model: tiny\ntemplate: chatml\n"}
    )
    here.run("check", "own.yaml").assert_success()
    nothing = "nothing is held out to evaluate on: add a loader with `side: test`"
    here.run("check", "held.yaml").assert_failed("a recipe needs at least one loader", nothing)
    here.run("check", "no.yaml").assert_failed("a recipe needs at least one loader")
    trained = OWN + "trainer: sft\nadapter: lora\n"
    here.write({"trained.yaml": trained}).run("check", "trained.yaml").assert_failed("at least one loader")


def test_rows_need_no_held_out_ones_beside_it(project, rows):
    here = project({"recipe.yaml": OWN + "loaders:\n  - files: {path: rows.jsonl}\n", "rows.jsonl": rows})
    here.run("check", "recipe.yaml").assert_success()
    here.run("prepare", "recipe.yaml").assert_success()
    here.run("prepare", "recipe.yaml", "--set", "evaluators+=perplexity").assert_failed(
        "add split: {train: 0.9, test: 0.1}"
    )


@pytest.mark.slow
def test_the_model_is_scored_on_them(project):
    here = project({"recipe.yaml": OWN})
    out = here.run("run", "recipe.yaml").assert_success().out
    scores = here.json("runs/recipe/scores.json")["base"]
    assert scores["instructions_followed"]["count"] == 5 and "instructions followed" in out
    assert scores["constraints_met"]["value"] >= scores["instructions_followed"]["value"]
    assert "peek" not in out and "Rows" not in out
    assert scores["safety_empty"]["count"] == 6 and scores["refused_needlessly"]["better"] == "lower"
    assert scores["refused_when_due"]["count"] + scores["refused_needlessly"]["count"] == 6
    measured = {line["name"]: line for line in here.rows("runs/recipe/measured-base.jsonl")}
    own = measured["constraints_met"]["own"]
    assert len(own) == 5 and all(one["said"] is not None and "met" in one["expected"] for one in own.values())
    assert here.read("runs/recipe/answers-base.jsonl") == ""  # no held-out conversation was asked
    assert here.run("run", "recipe.yaml").assert_success().out.count("already done, nothing changed") == 2
    here.write(
        {"mine.jsonl": [{"prompt": "Hi", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}]}
    )
    here.run("run", "recipe.yaml", "--set", "evaluators.instructions.path=mine.jsonl").assert_success()
    assert here.json("runs/recipe/scores.json")["base"]["constraints_met"]["count"] == 1
    here.run("check", "recipe.yaml", "--set", "evaluators.instructions.path=none.jsonl").assert_failed(
        "there is no file"
    )
