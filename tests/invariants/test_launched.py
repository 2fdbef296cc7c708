"""Several processes that a launcher started share one training."""

import os
import subprocess
import sys

import pytest

from tests.started import ROWS, TRAINED

pytestmark = pytest.mark.slow(seconds=20)


def test_several_processes_share_one_training(project):
    """As accelerate launch and torchrun start it: the world size is what the trainer itself saw."""
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*launch, "-m", "pitchpipe", "run", "recipe.yaml"], cwd=here.folder, env=os.environ | here.environment, capture_output=True, text=True, timeout=300
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    trained = here.json("runs/recipe/run.json")["stages"]["train"]["result"]
    assert trained["processes"] == 2 and trained["steps"] == 16
    assert set(here.json("runs/recipe/scores.json")) == {"base", "tuned"}
