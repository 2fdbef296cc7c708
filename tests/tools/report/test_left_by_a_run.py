"""A run leaves its report: after training, and at its end; where that fails, the run stays good."""

import pytest

from tests.started import ROWS, TRAINED
from tests.tools.html.browser import Page

pytestmark = pytest.mark.slow
LOOKS = '''
from pathlib import Path
import pitchpipe as pp

@pp.hookimpl
def register_evaluators(register):
    register("looks", looks)

def looks(subject):
    """Is there a report while this is scored?"""
    page = Path("runs/recipe/report.html")
    found = page.exists() and "Trained for" in page.read_text()
    return {"left_by_training": pp.Score.share(int(found), 1)}
'''


def test_a_run_leaves_its_report(project):
    recipe = TRAINED.replace("evaluators:", "evaluators:\n  - looks").replace("epochs: 2", "max_steps: 2")
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS, "pitchpipe_local.py": LOOKS})
    said = here.run("run", "recipe.yaml").assert_success().out
    assert "The report, for your browser: runs/recipe/report.html" in said
    page = Page(here.read("runs/recipe/report.html"))
    assert "left by training 1 item 100.0%" in page.text()
    for part in ("Verdict", "Scores", "Training", "Cost", "Data", "Repeat it"):
        assert f" {part} " in page.text(), part
    (here.folder / "runs/recipe/report.html").unlink()
    (here.folder / "runs/recipe/report.html").mkdir()
    said = here.run("run", "recipe.yaml").assert_success()
    assert "report.html is not written" in said.out
    assert "To try again: pitchpipe report runs/recipe" in said.out
