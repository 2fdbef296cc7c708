"""Several processes that a launcher started share the rows of documents."""

import os
import subprocess
import sys

import pytest

from tests.packed import LONGER, copies

pytestmark = pytest.mark.slow


def test_several_processes_share_the_rows(project):
    here = project({"recipe.yaml": LONGER, "rows.jsonl": copies(40)})
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*launch, "-m", "pitchpipe", "run", "recipe.yaml"], cwd=here.folder, env=os.environ | here.environment, capture_output=True, text=True, timeout=300
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    stages = here.json("runs/recipe/run.json")["stages"]
    tokens = stages["prepare"]["result"]["splits"]["train"]["tokens"]
    steps = -(-tokens // 128 // 4) * 4  # four epochs, four rows at once
    assert (
        stages["train"]["result"]["processes"] == 2
        and steps <= stages["train"]["result"]["steps"] <= steps + 4
    )
    assert done.stdout.count("kept apart by pitchpipe_documents: proven") == 1  # the first process tells it
