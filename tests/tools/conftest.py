"""A run whose filters drop and tag."""

import pytest

from tests.tools.tagged import RECIPE, ROWS


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("history")).write({"recipe.yaml": RECIPE, "rows.jsonl": ROWS})
    here.run("prepare", "recipe.yaml").assert_success()
    return here
