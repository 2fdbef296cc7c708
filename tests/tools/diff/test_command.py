"""`pitchpipe diff` says what two runs were made of, and compares scores on the questions that both were asked."""

import json

import pytest

import pitchpipe as pp
from pitchpipe_stages.evaluate.measures import Measure, write_measures
from pitchpipe_tools.diff.recipes import changed_lines

ROWS = [{"instruction": f"Say {n}.", "output": str(n)} for n in range(40)]
RECIPE = "loaders:\n  - files: {path: rows.jsonl, name: rows}\nsplit: {train: 0.5, test: 0.5}\n"


def measured(folder, hits):
    """What an evaluation leaves behind, of answers that hit or not."""
    found = {"exact_match": pp.Measured.shares(hits)}
    write_measures(
        folder / "measured-tuned.jsonl", [Measure.of(name, one, "m") for name, one in found.items()]
    )
    lines = [
        {
            "id": id,
            "prompt": f"Say {id}",
            "expected": id,
            "said": id if hit else "nothing",
            "scores": {"exact_match": float(hit)},
        }
        for id, hit in hits.items()
    ]
    (folder / "answers-tuned.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture
def here(project):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": ROWS})
    here.run("prepare", "recipe.yaml", "--name", "one").assert_success()
    here.run(
        "prepare",
        "recipe.yaml",
        "--name",
        "two",
        "--set",
        "split.test=0.25",
        "--set",
        "split.train=0.75",
        "--set",
        "data.strict=true",
    ).assert_success()
    return here


def told(here, *arguments):
    return " ".join(here.run("diff", *arguments).assert_success().out.split())


def test_two_runs_are_compared(here):
    measured(here.folder / "runs/one", {str(n): n < 4 for n in range(20)})
    measured(here.folder / "runs/two", {str(n): n < 15 for n in range(20)})
    out = told(here, "one", "runs/two")
    assert "- split.test: 0.5 + split.test: 0.25" in out and "+ data.strict: true" in out
    assert "test: conversations" in out and "test: tokens" not in out  # no model, no tokens
    assert "exact match 20.0 % (5.7 to 43.7) 75.0 % (50.9 to 91.3) +55.0 better" in out
    assert "11 of 20 answers differ. Where runs/two is better" in out and "is worse" not in out
    assert "questions differ" not in out


def test_only_questions_that_both_were_asked_are_compared(here):
    measured(here.folder / "runs/one", {str(n): n < 10 for n in range(20)})
    measured(here.folder / "runs/two", {str(n): True for n in range(10, 40)})
    out = told(here, "one", "two", "--examples", "1")
    assert "The questions differ: of 20 and 30, 10 are the same; scores here are of those alone" in out
    assert "exact match 0.0 % (0.0 to 30.8) 100.0 % (69.2 to 100.0) +100.0 better" in out
    measured(here.folder / "runs/two", {"x": True})
    assert "0 are the same; nothing can be compared" in told(here, "one", "two")


def test_a_run_that_was_not_evaluated_and_one_that_is_kept(here):
    assert "no scores by item of one and two: `pitchpipe run` makes them" in told(here, "one", "two")
    here.write({"runs/one/kept/1/recipe.json": "{}"})
    measured(here.folder / "runs/one/kept/1", {"1": True})
    measured(here.folder / "runs/one", {"1": False})
    out = told(here, "one/kept/1", "one")
    assert "Data: one/kept/1 has no record of it" in out and "exact match" in out


def test_the_same_run_is_the_same(here):
    out = told(here, "one", "one")
    assert "Recipe: the same in both" in out and "Data: the same, byte for byte" in out


def test_what_is_no_run_has_its_cure(here):
    here.run("diff", "on", "two").assert_failed("on is not there. Did you mean 'one'?")
    here.run("diff", "one", "recipe.yaml").assert_failed("recipe.yaml is a recipe. Name its runs")
    here.run("diff", ".", "two").assert_failed(". is no run: it holds no run.json.")
    here.run("diff", "a", "b", "--runs", "elsewhere").assert_failed("There is no run in elsewhere.")


def test_a_damaged_file_is_told(here):
    measured(here.folder / "runs/one", {"1": True})
    here.write({"runs/two/answers-base.jsonl": "{", "runs/two/measured-base.jsonl": ""})
    here.run("diff", "one", "two").assert_failed("answers-base.jsonl is damaged")


def test_recipes_are_compared_value_by_value():
    left = {
        "filters": ["a", {"b": {"x": 1}}, {"b": {"x": 2}}],
        "trainer": {"sft": {"epochs": 1}},
        "evaluators": ["p"],
    }
    right = {
        "filters": ["a", {"b": {"x": 1}}, {"b": {"x": 3}}],
        "trainer": {"sft": {}},
        "evaluators": [{"p": {"n": 1}}],
    }
    assert list(changed_lines(left, right)) == [
        ("filters.b 2.x", "2", "3"),
        ("trainer.sft.epochs", "1", None),
        ("evaluators.p", "", None),
        ("trainer.sft", None, ""),
        ("evaluators.p.n", None, "1"),
    ]
