"""A tuned model, and the process that talks to it, for all tests of this folder."""

import json

import pytest

from tests.forked import forked
from tests.tools.chat.terminal import RECIPE, ROWS


@pytest.fixture(scope="package")
def processes():
    with forked() as found:
        yield found


@pytest.fixture(scope="package")
def home(processes, tmp_path_factory):
    """A folder with a run in it."""
    folder = tmp_path_factory.mktemp("chat")
    (folder / "recipe.yaml").write_text(RECIPE)
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    child = processes.start(folder, "run", "recipe.yaml", "--processes", "1", "--name", "one")
    assert child.wait() == 0, child.said
    return folder
