"""The report about training: while it runs, after it failed, over a resume, and with hostile names."""

import fcntl
import json
import re
import shutil

import pytest

from tests.tools.html.browser import Page
from tests.tools.report.hostile import HOSTILE

RECIPE = """\
loaders: [{files: {path: rows.jsonl}}]
model: tiny
template: alpaca_short
trainer: sft
"""


def lines(steps, **values):
    rows = [
        {"stage": "train", "step": step, "loss": 9 / step, "learning_rate": 1e-4, **values} for step in steps
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("trained"))
    here.write({"recipe.yaml": RECIPE, "rows.jsonl": [{"instruction": "Say hi.", "output": "Hi."}]})
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_success()
    return here


@pytest.fixture
def report(prepared):
    """The page of a run whose training has left these files."""

    def make(numbers, samples=(), done=None):
        run = prepared.folder / "runs/tried"
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(prepared.folder / "runs/recipe", run)
        (run / "metrics.jsonl").write_text(numbers)
        (run / "samples.jsonl").write_text("".join(json.dumps(sample) + "\n" for sample in samples))
        record = json.loads((run / "run.json").read_text())
        if done is not None:
            record["stages"]["train"] = {"parts": {}, "done": done}
        (run / "run.json").write_text(json.dumps(record))
        prepared.run("report", "runs/tried").assert_success()
        page = Page(prepared.read("runs/tried/report.html"))
        assert page.errors == [] and page.open == []
        return page

    return make


def drawn(page, name):
    (label,) = [svg["aria-label"] for svg in page.elements("svg") if svg["aria-label"].startswith(f"{name}:")]
    return label


def test_curves_of_a_training_that_is_done(report):
    page = report(
        lines([1, 2], tokens_per_second=100.0, memory=3 << 30) + lines([3], eval_loss=2.5, grad_norm=1.0),
        done=True,
    )
    assert "Training What training has reported" in page.text() and "Training was stopped" not in page.text()
    assert drawn(page, "train").startswith(
        "train: 9 at step 1, 3 at step 3, between 3 and 9; validation: 2.5"
    )
    assert "between 3 and 3" in drawn(page, "GiB") and "lowest" not in page.text()
    assert "Loss by source" not in page.text() and "Samples" not in page.text()


def test_what_a_trainer_says_of_its_rewards_is_drawn(report):
    held_out = {"eval_reward_margin": 2.5, "eval_loss": 0.4, "reward_accuracy of x": 0.5, "loss of x": 0.1}
    page = report(lines([1, 2], reward_margin=-0.5, reward_accuracy=0.25, **held_out))
    assert "reward margin train -0.5 at step 2; validation 2.5 at step 2" in page.text()
    assert "reward accuracy 0.25 at step 2" in page.text()
    assert "reward accuracy of x" not in page.text() and page.text().count("lowest") == 1  # of the loss


def test_a_training_that_was_killed_and_goes_on_is_one_curve(report):
    page = report(lines([1, 2, 3, 4]) + lines([3, 4, 5]), done=False)
    assert drawn(page, "train").startswith("train: 9 at step 1, 1.8 at step 5")
    assert page.text().count("step 3: train 3;") <= 1
    assert "Training was stopped: step 5 is the last one that has reported" in page.text()


def test_while_it_runs(report, prepared):
    report(lines([1]), done=False)
    with open(prepared.folder / "runs/tried/.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        prepared.run("report", "runs/tried").assert_success()
    text = Page(prepared.read("runs/tried/report.html")).text()
    assert "Training goes on: step 1 has reported, and this page does not change by itself" in text


def test_what_went_wrong_stands_first(report):
    bad = lines([1, 2], eval_loss=1.0, stops=0.5) + lines([3], eval_loss=1.5, stops=0.0)
    bad += '{"stage":"train","step":4,"loss":null}\n'
    text = report(bad, done=False).text().partition("rows read, from")[0]
    for words in (
        "The loss was not a number",
        "The validation loss has risen: 1.5 at the end, 1 at step 1",
        "The model does not stop: no sample reply ended by itself at step 3",
    ):
        assert words in text


def test_names_and_samples_are_shown_as_they_are(report):
    sample = {"step": 1, "id": "a", "prompt": HOSTILE, "expected": "", "said": HOSTILE, "ended": False}
    later = [sample | {"step": step, "said": f"reply {step}", "ended": True} for step in range(2, 9)]
    page = report(lines([1, 2], **{f"loss of {HOSTILE}": 1.0, "loss of b": 2.0}), [sample, *later], done=True)
    assert page.tags["script"] == 1 and "img" not in page.tags  # its own
    assert "<script>alert(1)</script>" in page.text() and "does not stop" in page.text()
    assert "expected (nothing)" in page.text()
    assert re.findall(r"reply (\d)", page.text()) == ["6", "7", "8"]


def test_a_long_training_is_a_small_page(report, prepared):
    report(lines(range(1, 30_001), **{f"loss of {n}": 1.0 for n in range(30)}), done=True)
    text = prepared.read("runs/tried/report.html")
    assert len(text) < 600_000
    assert "6 more sources are not drawn." in text
