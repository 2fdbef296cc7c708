"""A kill at any moment of any stage changes nothing, and Ctrl-C ends in one line."""

import json
import re
import signal

import pytest

from tests.started import ROWS, TRAINED, wait_for

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


def test_a_kill_at_any_moment_changes_nothing(project, quick):
    """kill -9 in the middle of each stage, one run after the other, and the same bytes in the end."""
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": [*ROWS, {"instruction": "Say what?"}]})

    def run(name):
        return quick.start(here.folder, "run", "recipe.yaml", "--name", name)

    assert run("calm").wait() == 0

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
        child = run("rough")
        wait_for(lambda reached=reached, child=child: reached() or child.ended())
        assert child.kill() == -9, child.said
    assert run("rough").wait() == 0
    assert results(here, "rough") == results(here, "calm")


def test_ctrl_c_ends_in_one_line(project, quick):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    child = quick.start(
        here.folder, "run", "recipe.yaml", before="from tests.started import interruptible; interruptible()"
    )
    wait_for(lambda: list(here.folder.glob("runs/*/checkpoints/*/whole")))
    assert child.kill(signal.SIGINT) == 130
    assert re.search(
        r"\n(pitchpipe: )?stopped\. The same command goes on from step \d+\.$", child.said.strip()
    )
