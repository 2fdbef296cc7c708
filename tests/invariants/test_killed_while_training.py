"""A training that was killed goes on with the same rows."""

import os
import subprocess
import sys
import time

import pytest

from tests.packed import LONGER, copies

pytestmark = pytest.mark.slow


def test_a_killed_run_goes_on_with_the_same_rows(project):
    here = project({"recipe.yaml": LONGER, "rows.jsonl": copies(40)})
    here.run("run", "recipe.yaml", "--name", "whole").assert_success()
    command = [sys.executable, "-m", "pitchpipe", "run", "recipe.yaml", "--name", "killed"]
    process = subprocess.Popen(
        command, cwd=here.folder, env=os.environ | here.environment, stdout=subprocess.DEVNULL
    )
    while process.poll() is None and not list(here.folder.glob("runs/killed/checkpoints/*/whole")):
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (here.folder / "runs/killed/model").exists()  # it was killed in time
    here.run("run", "recipe.yaml", "--name", "killed").assert_success()
    whole, killed = (here.folder / f"runs/{name}/model/model.safetensors" for name in ("whole", "killed"))
    assert whole.read_bytes() == killed.read_bytes()
