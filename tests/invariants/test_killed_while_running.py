"""A kill at any moment of any stage changes nothing, and Ctrl-C ends in one line."""

import json
import re
import signal
import time

import pytest

from tests.started import ROWS, TRAINED, started, wait_for

pytestmark = pytest.mark.slow(seconds=40)


def stage(here, run, name):
    """How far a stage has come: None, "begun" or "done"."""
    path = here.folder / "runs" / run / "run.json"
    known = json.loads(path.read_text())["stages"].get(name) if path.exists() else None
    return known and ("done" if known["done"] else "begun")


def results(here, run):
    folder = here.folder / "runs" / run
    files = ["scores.json", "ledger.jsonl", "answers-tuned.jsonl", "model/model.safetensors"]
    prepared = sorted(path.relative_to(folder).as_posix() for path in (folder / "prepared").iterdir())
    return {name: (folder / name).read_bytes() for name in [*files, *prepared]}


def test_a_kill_at_any_moment_changes_nothing(project):
    """kill -9 in the middle of each stage, one run after the other, and the same bytes in the end."""
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": [*ROWS, {"instruction": "Say what?"}]})
    here.run("run", "recipe.yaml", "--name", "calm").assert_success()

    def checkpoint(number):
        return (here.folder / f"runs/rough/checkpoints/checkpoint-{number}").exists()

    moments = [
        lambda: stage(here, "rough", "prepare") == "begun",
        lambda: stage(here, "rough", "prepare") == "done",
        lambda: stage(here, "rough", "train") == "begun",
        lambda: checkpoint(5),  # just begun: most likely not whole
        lambda: (here.folder / "runs/rough/checkpoints/checkpoint-15/whole").exists(),
        lambda: stage(here, "rough", "evaluate base") == "begun",
        lambda: stage(here, "rough", "evaluate tuned") == "begun",
    ]
    for reached in moments:
        process = started(here, "--name", "rough")
        wait_for(lambda reached=reached, process=process: reached() or process.poll() is not None)
        assert process.poll() is None, process.stderr.read().decode()
        process.send_signal(signal.SIGKILL)
        process.wait()
    here.run("run", "recipe.yaml", "--name", "rough").assert_success()
    assert results(here, "rough") == results(here, "calm")


def test_ctrl_c_ends_in_one_line(project):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    process = started(here)
    wait_for(lambda: stage(here, "recipe", "train") == "begun")
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    said = process.stderr.read().decode().strip()
    assert re.search(r"stopped\. The same command goes on from (step \d+|the beginning of training)\.$", said)
