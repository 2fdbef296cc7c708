"""metrics.jsonl holds each step once, whatever a kill left in it."""

from types import SimpleNamespace

import msgspec
import pytest

from pitchpipe_components import journal


@pytest.fixture
def run(tmp_path):
    return SimpleNamespace(path=tmp_path)


def lines(run):
    return [msgspec.json.decode(line) for line in (run.path / "metrics.jsonl").read_bytes().splitlines()]


def log(run, *steps, **values):
    for step in steps:
        journal.on_log(run, "train", step, values or {"loss": float(step)})


def test_numbers_of_a_step_are_one_line(run):
    log(run, 1, 2)
    log(run, 2, eval_loss=0.5)
    assert lines(run)[1:] == [{"stage": "train", "step": 2, "loss": 2.0, "eval_loss": 0.5}]


def test_a_training_that_goes_on_writes_later_steps_anew(run):
    journal.on_stage_end(run, "prepare", 1.0)
    log(run, 1, 2, 3, 4)
    journal.on_stage_begin(run, "train", goes_on=True)
    log(run, 3, loss=0.1)
    assert [line.get("loss") for line in lines(run)] == [None, 1.0, 2.0, 0.1]


def test_a_stage_that_begins_anew_leaves_nothing_of_the_one_before(run):
    log(run, 1, 2, 3)
    journal.on_stage_end(run, "train", 1.0)
    journal.on_stage_begin(run, "train", goes_on=False)
    log(run, 2)
    assert lines(run) == [{"stage": "train", "step": 2, "loss": 2.0}]


@pytest.mark.parametrize(
    "half", [b"{", b'{"stage": "train", "step": 3, "loss"', b"", b"no line at all\n[]\n"]
)
def test_half_a_line_is_cut_off(run, half):
    log(run, 1, 2)
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(half)
    log(run, 3)
    journal.on_stage_end(run, "train", 1.0)
    assert [line.get("step") for line in journal_lines(run)] == [1, 2, 3, None]


def journal_lines(run):
    return [line for line in lines_that_can_be_read(run) if isinstance(line, dict)]


def lines_that_can_be_read(run):
    for line in (run.path / "metrics.jsonl").read_bytes().splitlines():
        try:
            yield msgspec.json.decode(line)
        except msgspec.DecodeError:
            assert line == b"no line at all"
