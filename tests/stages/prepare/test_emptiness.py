"""A run with nothing to do says what happened to its rows, and what to change."""

import pytest

ROWS = [
    {"instruction": "Say hello.", "output": "Hello!"},
    {"instruction": "Write capitals.", "output": "TINY"},
]
SPLIT = "split: {train: 0.9, test: 0.1}\n"
RECIPE = "model: tiny\ntemplate: chatml\nloaders:\n  - files: {path: rows.jsonl}\nevaluators: [exact_match]\n"
TRAIN = "trainer: sft\nadapter: lora\n"


def fails(project, recipe, rows, *words):
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_failed(*words)


def test_two_rows_are_enough(project):
    here = project({"recipe.yaml": RECIPE + TRAIN + SPLIT, "rows.jsonl": ROWS})
    here.run("prepare", "recipe.yaml").assert_success()
    sides = [len(here.rows(f"runs/recipe/prepared/{side}.jsonl")) for side in ("train", "test")]
    assert sides == [1, 1]


def test_one_prompt_cannot_be_parted(project):
    words = "nothing is held out to evaluate on: the split is by prompt, there is 1 prompt and test got none"
    fails(project, RECIPE + SPLIT, [ROWS[0], ROWS[0] | {"output": "Hi!"}], words, "(train 2,", "side: test")


def test_a_side_without_a_share_is_named(project):
    only_test = RECIPE + TRAIN + "split: {train: 0.0, test: 1.0}\n"
    fails(project, only_test, ROWS, "nothing is left to train on: `split` gives train no share")


def test_nothing_kept_is_no_success(project):
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - length: {min_reply_chars: 99}\n"
    words = ("nothing is kept: all 2 rows are lost", "reply chars too low (2)", "runs/recipe/ledger.jsonl")
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS})
    for _ in range(2):
        here.run("prepare", "recipe.yaml").assert_failed(*words)
    assert "length: dropped" in here.run("why", "runs/recipe", "1").assert_success().out
    here.run("report", "runs/recipe").assert_success()


@pytest.mark.parametrize("options", ["", ", sample: 0.0"])
def test_nothing_read_is_no_success(project, options):
    recipe = f"loaders:\n  - files: {{path: rows.jsonl, format: alpaca, name: mine{options}}}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS if options else []})
    passed_over = ("`sample` passed over 2",) if options else ()
    here.run("prepare", "recipe.yaml").assert_failed("no row was read from 'mine'", *passed_over)
