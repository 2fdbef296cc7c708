"""Several processes that a launcher started share one training, and end together."""

import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from pitchpipe import PitchpipeError
from pitchpipe_stages.train import launchers
from pitchpipe_stages.train.meeting import Meeting
from tests.started import ROWS, TRAINED, wait_for

pytestmark = pytest.mark.slow(seconds=20)
RUN = ["-m", "pitchpipe", "run", "recipe.yaml"]


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return str(asked.getsockname()[1])


def started(here, words, **environment):
    return subprocess.Popen(
        [sys.executable, *words], cwd=here.folder, env=os.environ | here.environment | environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def numbered(here, count, *options, port):
    """As srun starts them: no launcher keeps a meeting place, and none ends one process for another."""
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"}
    ranks = ({"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(count))
    return [started(here, [*RUN, *options], **place, **rank) for rank in ranks]


def ended(process):
    out, _ = process.communicate(timeout=120)
    return process.returncode, out


def assert_both_trained(here):
    trained = here.json("runs/recipe/run.json")["stages"]["train"]["result"]
    assert trained["processes"] == 2 and trained["steps"] == 16
    scores = here.json("runs/recipe/scores.json")
    assert scores["base"] and scores["tuned"]


def test_several_processes_share_one_training(project):
    """As accelerate launch and torchrun start it: the world size is what the trainer itself saw."""
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    code, out = ended(started(here, [*launch, *RUN]))
    assert code == 0, out
    assert_both_trained(here)


def test_two_agents_share_one_training(project):
    """As on two machines: the processes have no parent in common."""
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    launch = ["-m", "torch.distributed.run", "--nnodes", "2", "--master-port", free_port()]
    agents = [started(here, [*launch, "--node-rank", str(number), *RUN]) for number in (1, 0)]
    for code, out in map(ended, agents):
        assert code == 0, out
    assert_both_trained(here)


def test_where_the_first_process_is_killed_the_others_end(project):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    first, other = numbered(here, 2, "--set", "trainer.sft.epochs=500", port=free_port())
    wait_for(lambda: list(here.folder.glob("runs/recipe/checkpoints/*/whole")))
    first.send_signal(signal.SIGKILL)
    code, out = ended(other)
    assert code != 0
    assert "process 1 of 2 ends, because the first process, or its launcher, has failed or is gone" in out
    first.communicate()


def test_an_error_of_the_first_process_is_shown_once(project):
    recipe = TRAINED.replace(
        "template: alpaca_short", "filters: [{length: {min_reply_chars: 99}}]\ntemplate: chatml"
    )
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS})
    first, other = map(ended, numbered(here, 2, port=free_port()))
    assert first[0] == other[0] == 2
    assert "nothing is kept" in first[1] and "nothing is kept" not in other[1]
    assert re.search("process 1 of 2 ends, because .* has failed or is gone", other[1])


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(Meeting, "PATIENCE", 1)
    for name, value in {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port(), "WORLD_SIZE": "3"}.items():
        monkeypatch.setenv(name, value)
    yield


def test_processes_that_do_not_come_are_named(impatient, monkeypatch):
    from pitchpipe_stages.train import ranks

    meeting = Meeting(0, 3)
    monkeypatch.setattr(ranks, "the_meeting", lambda: meeting)
    with pytest.raises(PitchpipeError, match=r"WORLD_SIZE is 3, .* nobody has come with RANK 1, 2"):
        ranks.announce(begins=True)


def test_a_first_process_that_does_not_come_is_named(impatient):
    with pytest.raises(PitchpipeError, match=r"process 1 of 3: .* nobody has answered at 127\.0\.0\.1:\d+"):
        Meeting(1, 3)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"SLURM_STEP_NUM_TASKS": "4"}, "srun has started 4 processes"),
        ({"ACCELERATE_MIXED_PRECISION": "no", "MASTER_PORT": "29500"}, "asked for several processes"),
    ],
)
def test_processes_that_do_not_know_of_each_other_are_refused(monkeypatch, variables, words):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    launchers.must_be_one_launch()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(PitchpipeError, match=words):
        launchers.must_be_one_launch()
    monkeypatch.setenv("WORLD_SIZE", "4")
    launchers.must_be_one_launch()
