"""The same prompt never lands on both sides, and a source can be held out whole."""

from tests.ledger import fates

RECIPE = """\
loaders:
  - files: {path: rows.jsonl}
filters:
  - exact_duplicates
"""
GOOD = {"instruction": "Say hello.", "output": "Hello!"}


def test_the_same_prompt_never_lands_on_both_sides(project):
    rows = [{"instruction": f"Say {n % 40}.", "output": str(n)} for n in range(400)]
    recipe = RECIPE + "split: {train: 0.5, validation: 0.2, test: 0.3, seed: 3}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    sides = {
        s: {c["messages"][0]["content"] for c in here.rows(f"runs/recipe/prepared/{s}.jsonl")}
        for s in ("train", "validation", "test")
    }
    assert all(sides.values()) and sum(map(len, sides.values())) == 40
    # A split is stable: more rows move none of those that were there.
    here.write({"rows.jsonl": [{"instruction": f"Tell {n}.", "output": "x"} for n in range(50)] + rows})
    here.run("prepare", "recipe.yaml").assert_success()
    for side, prompts in sides.items():
        assert prompts <= {
            c["messages"][0]["content"] for c in here.rows(f"runs/recipe/prepared/{side}.jsonl")
        }


def test_a_source_can_be_held_out_whole_and_its_prompts_are_nowhere_else(project):
    other = {"instruction": "Say bye.", "output": "Bye!"}
    recipe = "loaders:\n  - files: {path: a.jsonl}\n  - files: {path: b.jsonl, side: test}\n"
    here = project({"recipe.yaml": recipe, "a.jsonl": [GOOD, other], "b.jsonl": [GOOD, GOOD]})
    here.run("prepare", "recipe.yaml").assert_success()
    assert [c["messages"][0]["content"] for c in here.rows("runs/recipe/prepared/train.jsonl")] == [
        "Say bye."
    ]
    assert len(here.rows("runs/recipe/prepared/test.jsonl")) == 2
    assert fates(here) == {1: ["held out by another source"]}
