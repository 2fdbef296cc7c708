"""Preferences that are learned through kills, or by several processes, end in the same weights."""

import pytest
from safetensors.torch import load_file

pytestmark = pytest.mark.slow(seconds=40)
RECIPE = """\
model: tiny
adapter: {lora: {dropout: 0.1}}
template: chatml
loaders:
  - files: {path: pairs.jsonl}
split: {train: 0.9, validation: 0.1}
collator: {COLLATOR: {length: 128}}
trainer:
  TRAINER: {epochs: 2, learning_rate: 1e-3, batch_size: 4, rehearse: false, log_every: 1, evaluate_every: 4, checkpoint_every: 3, samples: 0}
"""
RUN = "run", "recipe.yaml", "--until", "train", "--name"
TIMES = "runtime", "per_second", "seconds", "memory"
REFERENCE = "pitchpipe_components.trainers.objectives.reference"


def pairs(count):
    asked = (("Say {}.", "so {}", "no"), ("Write {} twice.", "{0} {0}", "{} and more of that"))
    return [
        dict(zip(("prompt", "chosen", "rejected"), (words.format(n) for words in asked[n % 2]), strict=True))
        for n in range(count)
    ]


def kill(moment, calls, done=True):
    return f"from tests.forked import die; die({moment!r}, {calls}, {done})"


def ended(here, name):
    """The weights, and all numbers without times."""
    lines = [line for line in here.rows(f"runs/{name}/metrics.jsonl") if "step" in line]
    numbers = [{k: v for k, v in line.items() if not any(word in k for word in TIMES)} for line in lines]
    (file,) = (here.folder / f"runs/{name}/model").glob("*.safetensors")
    return load_file(file), numbers


@pytest.mark.parametrize("trainer, collator", [("dpo", "packed"), ("kto", "padded")])
def test_kills_change_nothing(project, quick, trainer, collator):
    recipe = RECIPE.replace("TRAINER", trainer).replace("COLLATOR", collator)
    here = project({"recipe.yaml": recipe, "pairs.jsonl": pairs(24)})
    calm = quick.start(here.folder, *RUN, "calm")
    assert calm.wait() == 0, calm.said
    in_reference = kill(f"{REFERENCE}:Side.table", 1)
    written = kill(f"{REFERENCE}:_write", 1)
    at_step = kill("accelerate.optimizer:AcceleratedOptimizer.step", 5)
    for before in (in_reference, written, at_step):
        assert quick.start(here.folder, *RUN, "rough", before=before).wait() == -9
    assert (here.folder / "runs/rough/checkpoints/reference.safetensors").exists()
    again = quick.start(here.folder, *RUN, "rough")
    assert again.wait() == 0, again.said
    assert "going on from step 3" in again.said
    (weights, numbers), (expected, calmly) = ended(here, "rough"), ended(here, "calm")
    assert numbers == calmly
    assert all((weights[name] == weight).all() for name, weight in expected.items())
    logged = {name for line in numbers for name in line}
    assert {"reward_margin", "eval_reward_accuracy", "reply_loss", "eval_loss"} <= logged


@pytest.mark.parametrize("trainer", ["dpo", "kto"])
def test_two_processes_learn_as_one_and_go_on_where_they_were(project, quick, trainer):
    recipe = (
        RECIPE.replace("TRAINER", trainer).replace("COLLATOR", "padded").replace("dropout: 0.1", "rank: 4")
    )
    here = project({"recipe.yaml": recipe, "pairs.jsonl": pairs(24)})
    halves = ("--set", f"trainer.{trainer}.optimizer=sgd", "--set", f"trainer.{trainer}.learning_rate=0.3")
    whole = (*halves, "--set", f"trainer.{trainer}.accumulate=2")
    one = quick.start(here.folder, *RUN, "one", *whole)
    assert one.wait() == 0, one.said
    at_step = kill("accelerate.optimizer:AcceleratedOptimizer.step", 4)
    assert quick.start(here.folder, *RUN, "two", *halves, before=at_step, processes=2).wait() == -9
    two = quick.start(here.folder, *RUN, "two", *halves, processes=2)
    assert two.wait() == 0 and "going on from step 3" in two.said, two.said
    (weights, numbers), (expected, alone) = ended(here, "two"), ended(here, "one")
    assert len(numbers) == len(alone)
    known = {"loss", "reward_margin", "kl", *(["eval_loss"] if trainer == "dpo" else [])}
    for line, other in zip(numbers, alone, strict=True):  # kto's estimate is that of a batch in validation
        for name in known & other.keys():
            assert line[name] == pytest.approx(other[name], rel=1e-3, abs=1e-4)
    assert max(abs(line.get("reward_margin", 0)) for line in alone) > 1e-3
    for name, weight in expected.items():
        assert (weights[name] - weight).abs().max() < 1e-4
