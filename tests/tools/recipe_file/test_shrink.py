"""`--tiny` makes a recipe small, and leaves what it says otherwise."""

RECIPE = """\
split: {train: 0.5, test: 0.5}
model:
  transformers: {name: someone/Base-8B, quantize: int8}
template: chatml
loaders:
  - files: {path: rows.jsonl, first: 5}
  - files: {path: rows.jsonl, name: again}
collator:
  packed: {length: 4096, too_long: cut_end}
adapter: lora
trainer:
  sft: {epochs: 3, batch_size: 1, accumulate: 16}
evaluators:
  - perplexity
  - exact_match: {limit: 100}
"""


def small(project, rows, *changes, recipe=RECIPE):
    here = project({"mine.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "mine.yaml", "--tiny", *changes).assert_success()
    return here.json("runs/mine-tiny/recipe.json")


def test_the_model_and_large_numbers_become_small_and_the_rest_stays(project, rows):
    recipe = small(project, rows)
    assert recipe["model"] == {"tiny": {"quantize": "int8"}}
    assert [entry["files"]["first"] for entry in recipe["loaders"]] == [5, 100]
    assert recipe["collator"] == {"packed": {"length": 2048, "too_long": "cut_end"}}
    trainer = recipe["trainer"]["sft"]
    assert (trainer["max_steps"], trainer["batch_size"], trainer["accumulate"]) == (4, 1, 2)
    assert trainer["epochs"] == 3 and recipe["adapter"] == "lora"
    assert recipe["evaluators"][1]["exact_match"]["limit"] == 8


def test_what_is_set_by_hand_is_stronger(project, rows):
    changes = ("--set", "trainer.sft.max_steps=9", "--set", "model=tiny")
    recipe = small(project, rows, *changes)
    assert recipe["trainer"]["sft"]["max_steps"] == 9 and recipe["model"] == "tiny"


def test_data_alone_stays_without_a_model(project, rows):
    recipe = small(project, rows, recipe="loaders:\n  - files: {path: rows.jsonl}\n")
    assert recipe == {"loaders": [{"files": {"path": "rows.jsonl", "first": 100}}]}


def test_a_trainer_of_a_plugin_is_given_no_options_that_it_has_not(project, rows):
    plugin = """
import pitchpipe as pp


@pp.hookimpl
def register_trainers(register):
    register("idle", idle)


def idle(training, *, batch_size: int = 8):
    return {}
"""
    here = project({"pitchpipe_local.py": plugin})
    text = RECIPE.replace("sft: {epochs: 3, batch_size: 1, accumulate: 16}", "idle: {}")
    here.write({"mine.yaml": text, "rows.jsonl": rows})
    here.run("prepare", "mine.yaml", "--tiny").assert_success()
    assert here.json("runs/mine-tiny/recipe.json")["trainer"] == {"idle": {"batch_size": 2}}


def test_mistakes_are_told_as_ever(project, rows):
    text = RECIPE.replace("- perplexity", "- perplexitty").replace("epochs: 3", "epochs: many")
    here = project({"mine.yaml": text.replace("length: 4096", "length: long"), "rows.jsonl": rows})
    said = here.run("run", "mine.yaml", "--tiny").assert_failed().err
    assert "mine.yaml:9: collator.packed.length: expected" in said
    assert "mine.yaml:12: trainer.sft.epochs: expected" in said
    assert "mine.yaml:14: evaluators.1: no evaluator 'perplexitty'" in said
