"""A run of hostile rows, its page and its result."""

import pytest

from tests.tools.html.browser import Page
from tests.tools.report.hostile import PLUGIN, RECIPE, first_source, row


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    from pitchpipe.testing import Project

    files = {"pitchpipe_local.py": PLUGIN, "recipe.yaml": RECIPE, "one.jsonl": first_source()}
    files["two.jsonl"] = [row(f"second {n}", f"another answer {n} with just enough words") for n in range(20)]
    project = Project(tmp_path_factory.mktemp("report")).write(files)
    project.run("prepare", "recipe.yaml", "--workers", "1").assert_success()
    said = project.run("report", "runs/recipe").assert_success()
    assert said.out.split() == ["runs/recipe/report.html"]
    return project


@pytest.fixture(scope="module")
def page(here):
    return Page(here.read("runs/recipe/report.html"))
