"""Every recipe that ships is sound and says how it is run; the quickstart does what the README promises."""

import re

import pytest

from tests.documents import ROOT, assert_shows, shown

RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_each_is_sound_and_begins_with_its_command(project, path):
    project().run("check", str(path)).assert_success()
    first = path.read_text("utf-8").splitlines()[0]
    assert re.fullmatch(rf"# .+\.   pitchpipe run (recipes/)?{path.stem}(\.yaml)?", first)


@pytest.mark.slow(seconds=200)
def test_the_quickstart_turns_a_base_model_into_an_instruction_follower(project):
    here = project()
    out = here.run("run", "quickstart", process=True, timeout=1500).assert_success().out
    scores = here.json("runs/quickstart/scores.json")
    assert scores["base"]["exact_match"]["value"] <= 0.05
    assert scores["tuned"]["exact_match"]["value"] >= 0.90
    assert scores["tuned"]["exact_match"]["count"] >= 200
    assert_shows(shown("README.md", "tests/recipes/test_recipes.py"), out)
    again = here.run("run", "quickstart").assert_success().out
    assert again.count("already done, nothing changed") == 4
    assert here.json("runs/quickstart/scores.json") == scores
