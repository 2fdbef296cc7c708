"""What a training reports: its own numbers, at the pace of its steps alone, from the step that it goes on from."""

import json

import numpy as np
import pytest
import torch

from pitchpipe_components.trainers.pace import Pace
from tests.started import ROWS, TRAINED


class Rows:
    def lengths(self):
        return np.array([5, 7, 11, 13])


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_the_pace_is_that_of_steps_and_of_tokens_without_padding():
    clock = Clock()
    pace = Pace(Rows(), 2, clock)
    clock.now = 100  # loading
    pace.goes_on()
    for numbers in ([0, 1], [2, 3]):
        pace.saw(torch.tensor(numbers))
        clock.now += 1
        pace.stepped()
    clock.now += 2  # the device was behind
    assert pace.tokens_per_second() == 2 * 36 / 4
    clock.now += 50  # an evaluation
    pace.goes_on()
    pace.saw(torch.tensor([0]))
    clock.now += 1
    pace.stepped()
    assert pace.tokens_per_second() == 10


@pytest.mark.slow
def test_what_is_reported(project):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    out = here.run("run", "recipe.yaml", "--until", "train").assert_success().out
    assert out.count(": validation loss ") == 2 and "epoch 2: validation loss" in out
    lines = [line for line in here.rows("runs/recipe/metrics.jsonl") if "step" in line]
    steps = [line for line in lines if "loss" in line]
    assert all(
        {"stage", "step", "loss", "grad_norm", "learning_rate", "epoch", "tokens_per_second", "memory"}
        <= set(line)
        for line in steps
    )
    assert all(line["tokens_per_second"] > 0 and line["memory"] > 50 << 20 for line in steps)
    assert sum("eval_loss" in line for line in lines) == 2
    for foreign in ("entropy", "num_tokens", "mean_token_accuracy", "runtime", "flos", "per_second_"):
        assert foreign not in json.dumps(lines)
