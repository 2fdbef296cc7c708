"""Repeats within train and between the sides are counted, whatever the recipe filters."""

import pytest

SOURCES = "loaders:\n  - files: {path: a.jsonl, side: train}\n  - files: {path: b.jsonl, side: test}\n"


def ask(prompt, reply="Yes."):
    return {"instruction": prompt, "output": reply}


def chat(*said, system=""):
    roles = ["user", "assistant"] * len(said)
    first = [{"role": "system", "content": system}] if system else []
    return {"messages": first + [{"role": r, "content": s} for r, s in zip(roles, said, strict=False)]}


def prepared(here, *options):
    outcome = here.run("prepare", "recipe.yaml", *options).assert_success()
    return here.json("runs/recipe/run.json")["stages"]["prepare"]["result"], outcome.out


@pytest.mark.parametrize("processes", ["1", "2"])
def test_repeats_within_train_are_told_with_their_number(project, processes):
    rows = [ask(f"Say the number {n}.") for n in range(20)]
    rows += [ask(f"say the number {n}") for n in range(10)] + [ask(f"Say the number {n}.") for n in range(5)]
    recipe = "loaders:\n  - files: {path: rows.jsonl}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    result, out = prepared(here, "--workers", processes)
    assert result["repeats"] == {
        "train": 35,
        "repeated": 15,
        "to_the_letter": 5,
        "held_out": {},
        "families": 20,
    }
    assert (
        "warning: 15 of 35 conversations in train repeat another" in out and "5 of them to the letter" in out
    )
    here.write({"rows.jsonl": rows[:20]})
    result, out = prepared(here)
    assert "none of 20 conversations in train repeats another" in out and "warning" not in out


def test_a_prompt_is_never_on_both_sides_but_for_case_and_punctuation(project):
    rows = [ask(form, str(n)) for n in range(200) for form in (f"Name {n}, please.", f"name {n} please")]
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nsplit: {train: 0.5, test: 0.5}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    result, out = prepared(here)
    assert result["repeats"]["held_out"]["test"]["in_train"] == 0 and "stand in train" not in out
    sides = [
        {
            c["messages"][0]["content"].lower().strip(".").replace(",", "")
            for c in here.rows(f"runs/recipe/prepared/{s}.jsonl")
        }
        for s in ("train", "test")
    ]
    assert min(map(len, sides)) > 50 and not sides[0] & sides[1]


def test_a_held_out_prompt_takes_its_like_from_train(project):
    train = [ask("What is the capital of France?"), ask("Name a river.")]
    test = [ask("what is the capital of france")]
    here = project({"recipe.yaml": SOURCES, "a.jsonl": train, "b.jsonl": test})
    result, _ = prepared(here)
    assert [result["splits"][side]["conversations"] for side in ("train", "test")] == [1, 1]


@pytest.mark.parametrize(
    ("row", "stands"),
    [
        (chat("Hi", "Hello!", "what is the capital of FRANCE", "Rome."), True),
        (chat("Hi", "Hello!", "What is the capital of Spain?", "Madrid."), False),
        (chat("What is the capital of France?", "Paris", system="Be brief."), True),
        (chat("What is the capital of France?", "A city.", system="Be brief."), False),
        (chat("Hi", "What is the capital of France?", "Paris.", "Right."), False),
    ],
)
def test_a_test_question_that_is_learned_elsewhere_is_told(project, row, stands):
    test = [ask("What is the capital of France?", "Paris."), ask("Name a lake.")]
    here = project({"recipe.yaml": SOURCES, "a.jsonl": [row, chat("A?", "B.")], "b.jsonl": test})
    result, out = prepared(here)
    assert result["repeats"]["held_out"] == {"test": {"conversations": 2, "in_train": int(stands)}}
    assert ("warning: 1 of 2 test questions stand in train as well" in out) == stands


def test_a_conversation_of_several_examples_is_no_repeat(project):
    turns = [f"{who} {n} " * 4 for n in range(4) for who in ("Ask", "Tell")]
    recipe = "model: tiny\ntemplate: chatml\nloaders:\n  - files: {path: rows.jsonl}\n"
    recipe += "collator:\n  padded: {length: 120, too_long: split}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [chat(*turns), chat("Hi", "Hello!")]})
    result, _ = prepared(here)
    assert result["splits"]["train"]["conversations"] > 2
    assert (result["repeats"]["train"], result["repeats"]["repeated"]) == (2, 0)


def test_what_the_mix_leaves_out_is_not_counted(project):
    here = project({"recipe.yaml": SOURCES.replace("side: train", "side: train, count: 4"),
                    "a.jsonl": [ask(f"Say {n}.") for n in range(8)] * 2, "b.jsonl": [ask("Name a lake.")]})  # fmt: skip
    result, _ = prepared(here)
    assert result["repeats"]["train"] == 4
