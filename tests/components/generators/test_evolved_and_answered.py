"""Evolved and answered by the command: rows, ledger, families, the same bytes in any order of replies."""

import re
from hashlib import sha256
from random import Random

import pytest

from pitchpipe.testing import Project
from tests.bad_server import bad_server

RECIPE = """
model: tiny
template: alpaca_short
teachers:
  writer: {openai: {url: URL, model: tutor}}
generate: {seed: 7}
generators:
  - evol_instruct: {teacher: writer, seeds: seeds.jsonl, rounds: 3}
  - answers: {teacher: writer}
loaders:
  - generated
"""
SEEDS = [
    {"instruction": f"Name {n} rivers of {land}.", "output": "Rhine."}
    for n, land in enumerate(("France", "Spain", "Italy", "Poland", "Norway", "Greece", "Peru", "China"), 2)
]
SPOILT = (
    "{}",
    "... and so on",
    "Take the given prompt and do it.",
    "Sure! Here is the rewritten instruction:\n\n{} Now!",
)


def teacher(body) -> str:
    """Evolves well, mostly; the question decides."""
    question = body["messages"][-1]["content"]
    chance = Random(sha256(question.encode()).hexdigest())
    if "Not Equal" in question:
        return chance.choice(["Not Equal", "Not Equal", "Equal"])
    if "</instruction>" not in question:
        return "I'm sorry, I can't do that." if chance.random() < 0.2 else f"The answer is {chance.random()}."
    old = re.findall(r"<instruction>\n(.*)\n</instruction>", question, re.S)[0]
    if chance.random() < 0.3:
        return chance.choice(SPOILT).replace("{}", old)
    added = " ".join("".join(chance.choices("aeioubdflmnt", k=6)) for _ in range(8))
    return f"#Rewritten Prompt#:\n{old} Mention {added}."


def generated(folder, url: str, concurrency: int) -> Project:
    recipe = RECIPE.replace("URL", url).replace("tutor}", f"tutor, concurrency: {concurrency}}}")
    here = Project(folder).write({"recipe.yaml": recipe, "seeds.jsonl": SEEDS})
    here.run("generate", "recipe.yaml").assert_success()
    return here


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What was made one after another, what 16 at once, and how many questions each took."""
    with bad_server(teacher, key="") as server:
        one = generated(tmp_path_factory.mktemp("one"), server.url, 1)
        asked = len(server.asked)
        many = generated(tmp_path_factory.mktemp("many"), server.url, 16)
        assert len(server.asked) == 2 * asked
        generated(many.folder, server.url, 16)
        assert len(server.asked) == 2 * asked
    return one, many


def test_bytes_do_not_depend_on_who_was_faster(made):
    one, many = made
    assert one.read("generated/recipe/rows.jsonl") == many.read("generated/recipe/rows.jsonl") != ""


def test_what_was_eliminated_stands_in_the_ledger_with_its_reason(made):
    lines = [
        line for line in made[0].rows("generated/recipe/ledger.jsonl") if line["dataset"] == "evol_instruct"
    ]
    reasons = {line["reason"].partition(":")[0] for line in lines}
    assert {"no gain", "empty", "leak"} <= reasons
    alike = next(line for line in lines if line["reason"] == "no gain: the teacher calls it equal")
    assert alike["score"] > alike["limit"] == 0.6
    assert {line["reason"].partition(":")[0] for line in made[0].rows("generated/recipe/ledger.jsonl")} >= {
        "sorry"
    }


def test_candidates_add_up(made):
    for generator in made[0].json("generated/recipe/made.json")["generators"]:
        for counts in generator["operators"].values():
            assert counts["parsed"] == counts["kept"] + counts["dropped"] + counts["quarantined"]
            assert counts["asked"] == sum(
                counts[end] for end in ("answered", "refused", "cut", "failed", "unsent")
            )


def test_what_comes_of_a_seed_is_one_family_and_each_row_knows_its_parents(made):
    rows = made[0].rows("generated/recipe/rows.jsonl")
    lands = {row["group"]: set() for row in rows}
    for row in rows:
        words = row["messages"][0]["content"]
        lands[row["group"]] |= {
            seed["instruction"].split()[-1] for seed in SEEDS if seed["instruction"][:-1] in words
        }
        assert row["made"]["generator"] == "answers" and row["made"]["parents"]
    assert len(lands) > 4 and all(len(names) == 1 for names in lands.values())
    assert not any("Prompt#" in row["messages"][0]["content"] for row in rows)


def test_a_recipe_whose_sources_are_all_answered_says_so(project):
    recipe = (
        RECIPE.replace("URL", "http://127.0.0.1:9")
        .replace("  - evol_instruct", "  - answers")
        .replace(", rounds: 3", "")
    )
    recipe = recipe.replace("  - answers: {teacher: writer}\n", "")
    here = project({"recipe.yaml": recipe, "seeds.jsonl": SEEDS})
    done = here.run("generate", "recipe.yaml")
    assert "answers: nothing to do, all 8 sources have a reply already" in done.out + done.err


def test_a_mistake_in_a_generator_is_the_only_one_that_is_told(project):
    recipe = RECIPE.replace("rounds: 3", "rounds: 3, like: papr")
    here = project({"recipe.yaml": recipe, "seeds.jsonl": SEEDS})
    failed = here.run("check", "recipe.yaml").assert_failed("got 'papr'. Did you mean 'paper'?")
    assert "has no generators" not in failed.err
