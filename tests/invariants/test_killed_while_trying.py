"""Replies that are tried out through kills, or by several processes, are the same, and so are the weights."""

import pytest

from tests.invariants.test_killed_while_preferring import ended, kill

pytestmark = pytest.mark.slow(seconds=40)
RECIPE = """\
model: tiny
adapter: {lora: {rank: 4, dropout: 0.1}}
template: alpaca_short
loaders:
  - files: {path: rows.jsonl}
split: {train: 0.9, validation: 0.1}
rewards:
  - length: {min_words: 3}
trainer:
  grpo: {max_steps: 6, learning_rate: 1e-3, batch_size: 2, accumulate: ACCUMULATE, group: 3, max_new_tokens: 5,
    rehearse: false, log_every: 1, evaluate_every: 4, checkpoint_every: 2, samples: 1, beta: 0.1, updates: 2,
    clip: 0.1, optimizer: OPTIMIZER}
"""
ROWS = [{"instruction": f"Say {number} and more.", "output": f"{number}"} for number in range(24)]
RUN = "run", "recipe.yaml", "--until", "train", "--name"
STEP = "accelerate.optimizer:AcceleratedOptimizer.step"


def test_kills_change_nothing(project, quick):
    recipe = RECIPE.replace("ACCUMULATE", "2").replace("OPTIMIZER", "adamw")
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS})
    calm = quick.start(here.folder, *RUN, "calm")
    assert calm.wait() == 0, calm.said
    in_tries = kill("pitchpipe_stages.train.tries:Tries.of", 7)
    for before in (kill(STEP, 3), in_tries):
        assert quick.start(here.folder, *RUN, "rough", before=before).wait() == -9
    again = quick.start(here.folder, *RUN, "rough")
    assert again.wait() == 0, again.said
    assert "going on from step" in again.said
    (weights, numbers), (expected, calmly) = ended(here, "rough"), ended(here, "calm")
    assert numbers == calmly
    assert all((weights[name] == weight).all() for name, weight in expected.items())
    assert here.read("runs/rough/samples.jsonl") == here.read("runs/calm/samples.jsonl")
    assert {"kl", "reply_clipped", "reward", "eval_reward"} <= {name for line in numbers for name in line}


def test_two_processes_try_what_one_tries(project, quick):
    recipe = RECIPE.replace("OPTIMIZER", "sgd")
    here = project({"recipe.yaml": recipe.replace("ACCUMULATE", "2"), "rows.jsonl": ROWS})
    one = quick.start(here.folder, *RUN, "one")
    assert one.wait() == 0, one.said
    here.write({"recipe.yaml": recipe.replace("ACCUMULATE", "1")})
    two = quick.start(here.folder, *RUN, "two", processes=2)
    assert two.wait() == 0, two.said
    (weights, numbers), (expected, alone) = ended(here, "two"), ended(here, "one")
    for line, other in zip(numbers, alone, strict=True):
        assert line.keys() == other.keys()
        for name in {"reward", "reply_tokens", "eval_reward"} & line.keys():
            assert line[name] == pytest.approx(other[name], rel=1e-5), name
    for name, weight in expected.items():
        assert float((weights[name] - weight).abs().max()) < 1e-5
