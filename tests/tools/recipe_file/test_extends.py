"""`extends`: a recipe says what differs, and every mistake has the file and the line that says it."""

import json

import pytest

BASE = """\
# what all of them share
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
filters:
  - length: {min_reply_chars: 2}
  - exact_duplicates
split: {train: 1, seed: 3}
adapter:
  lora: {rank: 4, alpha: 8}
trainer:
  sft: {epochs: 3, batch_size: 2}
"""


@pytest.fixture
def here(project, rows):
    return project({"base.yaml": BASE, "rows.jsonl": rows})


def recipe_of(here, recipe, *arguments):
    """What a recipe comes to."""
    here.write({"mine.yaml": recipe}).run("prepare", "mine.yaml", *arguments).assert_success()
    return here.json("runs/mine/recipe.json")


def test_mappings_are_merged_and_all_else_is_replaced(here):
    recipe = recipe_of(
        here,
        "extends: base.yaml\nfilters: [exact_duplicates]\nadapter: null\nsplit: {seed: 4}\n"
        "trainer:\n  sft: {epochs: 1}\n",
    )
    assert recipe == {
        "model": "tiny", "template": "chatml", "loaders": [{"files": {"path": "rows.jsonl"}}],
        "filters": ["exact_duplicates"], "split": {"train": 1, "seed": 4}, "adapter": None,
        "trainer": {"sft": {"epochs": 1, "batch_size": 2}},
    }  # fmt: skip


def test_another_component_brings_no_option_of_the_first(here):
    recipe = "extends: base.yaml\nmodel:\n  transformers: {name: someone/model}\ncollator: packed\n"
    here.write({"base.yaml": BASE + "collator:\n  padded: {multiple_of: 4}\n", "mine.yaml": recipe})
    here.run("check", "mine.yaml").assert_success()
    here.write({"mine.yaml": "extends: base.yaml\ncollator:\n  packed: {length: 64}\n"})
    here.run("check", "mine.yaml").assert_success()


def test_a_chain_and_an_override_on_top(here):
    here.write({"middle.yaml": "extends: base.yaml\ntrainer: {sft: {epochs: 2, seed: 7}}\n"})
    recipe = recipe_of(
        here, "extends: middle.yaml\ntrainer: {sft: {seed: 8}}\n", "--set", "trainer.sft.batch_size=1"
    )
    assert recipe["trainer"] == {"sft": {"epochs": 2, "batch_size": 1, "seed": 8}}


def test_each_mistake_has_its_file_and_line(here):
    here.write(
        {
            "shared/base.yaml": BASE.replace("epochs: 3", "epochs: many"),
            "mine.yaml": "extends: shared/base.yaml\nadapter:\n  lora: {rnk: 1}\nloaders:\n  - files: {path: rows.jsonl}\n",
        }
    )
    assert here.run("check", "mine.yaml").assert_failed().err.splitlines() == [
        "pitchpipe: mine.yaml:3: adapter.lora.rnk: no such option of adapter 'lora'. Did you mean 'rank'?",
        "shared/base.yaml:13: trainer.sft.epochs: expected a number above 0, got 'many'.",
    ]


def test_what_replaces_a_value_has_its_own_line(here):
    here.write({"mine.yaml": "extends: base.yaml\n\nfilters:\n  - length\n  - lengthz\n"})
    here.run("check", "mine.yaml").assert_failed("mine.yaml:5: filters.2: no filter 'lengthz'")
    here.run("check", "mine.yaml", "--set", "filters=[lengthz]").assert_failed("--set: filters.1: no filter")


def test_paths_are_relative_to_the_file_that_says_them(project, rows):
    """Also where a file of the same name lies beside the recipe; what is kept reads the same rows."""
    other = [{"instruction": "Another.", "output": "file"}]
    here = project(
        {
            "shared/base.yaml": BASE, "shared/rows.jsonl": rows, "mine/rows.jsonl": other,
            "mine/mine.yaml": "extends: ../shared/base.yaml\n",
        }
    )  # fmt: skip
    here.run("prepare", "mine/mine.yaml").assert_success()
    kept = here.read("runs/mine/recipe.json")
    assert json.loads(kept)["loaders"] == [{"files": {"path": "../shared/rows.jsonl"}}]
    here.write({"mine/again.yaml": kept}).run("prepare", "mine/again.yaml").assert_success()
    assert here.json("runs/again/recipe.json") == json.loads(kept)
    read = [here.json(f"runs/{name}/run.json")["stages"]["prepare"]["parts"] for name in ("mine", "again")]
    assert read[0] == read[1] and "../shared/rows.jsonl" in read[0]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"mine.yaml": "extends: bse.yaml\n"}, "mine.yaml:1: extends: no file bse.yaml. Did you mean 'base.yaml'?"),
        ({"mine.yaml": "\nextends: [a]\n"}, "mine.yaml:2: extends: expected the path of a recipe, got ['a']"),
        ({"mine.yaml": "extends: mine.yaml\n"}, "mine.yaml:1: extends: these recipes extend each other: mine.yaml -> mine.yaml"),
        (
            {"mine.yaml": "extends: a/b.yaml\n", "a/b.yaml": "split: {}\nextends: ../mine.yaml\n"},
            "a/b.yaml:2: extends: these recipes extend each other: mine.yaml -> a/b.yaml -> mine.yaml",
        ),
        ({"mine.yaml": "extends: b.yaml\n", "b.yaml": "- a\n"}, "b.yaml:1: a recipe is a mapping of sections"),
        ({"mine.yaml": "extends: b.yaml\n", "b.yaml": "a: [\n"}, "b.yaml:2: this is not YAML"),
        ({"mine.yaml": "extends: b.yaml\n", "b.yaml": "\nx: 1\nx: 2\n"}, "b.yaml:3: x: this key was given before, at line 2"),
        ({"mine.yaml": "extends: b.yaml\n", "b.yaml": "\nmodel: ${NOT_SET}\n"}, "b.yaml:2: the variable NOT_SET"),
    ],
)  # fmt: skip
def test_what_cannot_be_extended(here, files, said):
    here.write(files).run("check", "mine.yaml").assert_failed(said)


def test_sections_that_hold_anchors_are_no_sections(here):
    here.write(
        {"mine.yaml": "x-small: &small {epochs: 1}\nextends: base.yaml\ntrainer: {sft: {<<: *small}}\n"}
    )
    here.run("check", "mine.yaml").assert_success()


def test_a_copy_takes_along_what_it_extends(here):
    here.write({"mine.yaml": "extends: base.yaml\n"})
    copied = here.run("recipes", "--copy", "mine.yaml", "--to", "copy").assert_success().out
    assert [line.split()[-1] for line in copied.splitlines()] == [
        "copy/mine.yaml",
        "copy/base.yaml",
        "copy/rows.jsonl",
    ]
    here.run("check", "copy/mine.yaml").assert_success()
