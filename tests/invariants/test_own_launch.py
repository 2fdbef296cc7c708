"""`pitchpipe run --processes 2` starts the other process itself, and ends with it."""

import os
import signal
import time

import pytest

from tests.packed import copies
from tests.started import wait_for

pytestmark = pytest.mark.slow(seconds=40)

RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.8, test: 0.2}
collator: padded
trainer:
  sft: {epochs: 2, learning_rate: 1e-3, batch_size: 4, rehearse: false, log_every: 1, checkpoint_every: 2, samples: 0}
evaluators: [perplexity]
"""
RUN = "run", "recipe.yaml", "--workers", "1", "--processes", "2"
LONG = "--set", "trainer.sft.epochs=500"
SLOW = """
import time
from pitchpipe_components.trainers.learner import Learner
step = Learner.training_step
Learner.training_step = lambda *given, **named: (time.sleep(0.05), step(*given, **named))[1]
"""


@pytest.fixture
def here(project):
    return project({"recipe.yaml": RECIPE, "rows.jsonl": copies(40)})


def others(here):
    """The ids of the processes that a run has started."""
    found = []
    for folder in (entry for entry in os.scandir("/proc") if entry.name.isdigit()):
        try:
            words = open(f"{folder.path}/cmdline").read().split("\0")
        except OSError:
            continue
        if "pitchpipe_stages.train.member" in words and words[-2].startswith(str(here.folder)):
            found.append(int(folder.name))
    return found


def begun(quick, here):
    """A run of two processes that has written a checkpoint."""
    child = quick.start(here.folder, *RUN, *LONG, before=SLOW)
    wait_for(lambda: list(here.folder.glob("runs/recipe/checkpoints/*/whole")) or child.ended())
    assert not child.ended(), child.said
    return child


def gone(here):
    wait_for(lambda: not others(here), 20)


def test_both_train_one_evaluates_and_the_launch_is_in_no_key(quick, here):
    assert quick.start(here.folder, *RUN).wait() == 0
    said = here.read("said")
    assert "2 processes train together" in said and said.count("proven on the first batch") == 1
    stages = here.json("runs/recipe/run.json")["stages"]
    assert stages["train"]["result"]["processes"] == 2
    scores = here.json("runs/recipe/scores.json")
    assert scores["base"] and scores["tuned"]
    assert not (here.folder / "runs/recipe/processes").exists() and not others(here)
    assert quick.start(here.folder, *RUN[:-2]).wait() == 0
    assert here.read("said").count("already done, nothing changed") == 4


def test_where_the_other_is_killed_the_first_says_so(quick, here):
    child = begun(quick, here)
    os.kill(*others(here), signal.SIGKILL)
    before = time.monotonic()
    assert child.wait() == 2 and time.monotonic() - before < 60
    assert child.said.count("process 1 of 2: it was killed (SIGKILL)") == 1
    assert "Traceback" not in child.said


def test_ctrl_c_ends_both_and_says_how_far_training_came(quick, here):
    child = begun(quick, here)
    assert child.kill(signal.SIGINT) == 130
    assert not others(here)
    assert "stopped. The same command goes on from step" in child.said and "Traceback" not in child.said


FAULTY = """\
import pitchpipe as pp
from dataclasses import dataclass

@dataclass
class Sick:
    def __call__(self, training):
        import os
        if os.environ["RANK"] == "1":
            raise KeyError("the moon")
        import torch
        while True:
            __import__("time").sleep(1)

@pp.hookimpl
def register_trainers(register):
    register("sick", Sick)
"""


def test_an_error_of_the_other_is_shown_once_even_if_the_first_waits(quick, project):
    here = project(
        {
            "recipe.yaml": RECIPE.partition("trainer:")[0] + "trainer: sick\n",
            "rows.jsonl": copies(20),
            "pitchpipe_local.py": FAULTY,
        }
    )
    child = quick.start(here.folder, *RUN)
    assert child.wait() == 1
    assert child.said.count("KeyError: 'the moon'") == 1 and "process 1 of 2 has failed" in child.said
    gone(here)
