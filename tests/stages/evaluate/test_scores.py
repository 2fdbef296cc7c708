"""Scores are those of this run."""

import pytest

from tests.started import ROWS, TRAINED


@pytest.mark.slow
def test_scores_are_those_of_this_run(project):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    assert "Scores" in here.run("run", "recipe.yaml").assert_success().out
    untrained = (
        here.run("run", "recipe.yaml", "--set", "trainer=null", "--set", "adapter=null").assert_success().out
    )
    assert "tuned" not in untrained and "For instance" not in untrained
    out = (
        here.run("run", "recipe.yaml", "--set", "trainer.sft.max_steps=2", "--until", "train")
        .assert_success()
        .out
    )
    assert "Scores" not in out and not (here.folder / "runs/recipe/scores.json").exists()
    out = (
        here.run("run", "recipe.yaml", "--set", "trainer=null", "--set", "adapter=null").assert_success().out
    )
    assert "tuned" not in out.partition("What to try next")[0].replace("The tuned model", "")
