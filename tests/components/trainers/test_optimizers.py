"""Optimizers: what each really keeps, what decays, and which weights learn faster."""

import pytest
import torch

from pitchpipe_components.adapters import Lora
from pitchpipe_components.trainers.learner import Learner
from pitchpipe_components.trainers.settings import arguments
from pitchpipe_components.trainers.sft import Sft
from tests.components.trainers.small import training
from tests.packed import small

WIDE = {"vocab_size": 300, "hidden_size": 64, "intermediate_size": 96, "head_dim": 16}


def learner(folder, model, options, rates=None):
    made = training(folder, model)
    made.rates = rates or {}
    learner = Learner(made, arguments(options, made), options.objective())
    learner.create_optimizer()
    return learner


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "state"),
    [("adamw", torch.float32), ("adamw_8bit", torch.uint8), ("paged_adamw", torch.float32), ("paged_adamw_8bit", torch.uint8),
     ("adafactor", None), ("sgd", None)],
)  # fmt: skip
def test_each_optimizer_learns(tmp_path, name, state):
    """Of 8 bits are the states of weights of at least 4096 numbers."""
    from pitchpipe_components.trainers import trl_run

    model, seen = small("Llama", **WIDE), {}
    made = training(tmp_path, model)
    rate = {"sgd": 0.3}.get(name, 3e-3)
    options = Sft(epochs=9, batch_size=2, optimizer=name, learning_rate=rate, log_every=1, weight_decay=0.01)

    class Watched(Learner):
        def create_optimizer(self, model=None):
            seen["optimizer"] = super().create_optimizer(model)
            return seen["optimizer"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trl_run, "Learner", Watched)
        options(made)
    losses = [values["loss"] for _, values in made.logged if "loss" in values]
    assert losses[-1] < losses[0] - 0.5
    assert any("pages nothing" in line for line in made.console.lines) == ("paged" in name)
    states = seen["optimizer"].state
    large = [values for weight, values in states.items() if weight.numel() >= 4096 and weight.shape[0] != 300]
    if state is not None:
        kinds = {
            v.dtype for values in large for v in values.values() if torch.is_tensor(v) and v.numel() >= 4096
        }
        assert kinds == {state}


def test_what_is_a_vector_does_not_decay(tmp_path):
    model = small("GPTNeoX", vocab_size=300, use_parallel_residual=True)
    groups = learner(tmp_path, model, Sft(weight_decay=0.1)).optimizer.param_groups
    sizes = {group["weight_decay"]: {weight.dim() for weight in group["params"]} for group in groups}
    assert sizes == {0.1: {2}, 0.0: {1}}


def test_some_weights_learn_faster(tmp_path):
    """As LoRA+ has it; the schedule keeps the ratio."""
    model = Lora(rank=4)(small("Llama", vocab_size=300), [])
    rates = {name: 16.0 for name, weight in model.named_parameters() if "lora_B" in name}
    made = learner(tmp_path, model, Sft(learning_rate=1e-3, warmup=0), rates)
    made.create_scheduler(10)
    faster = {weight for name, weight in model.named_parameters() if name in rates}
    for _ in range(3):
        groups = made.optimizer.param_groups
        assert groups[1]["lr"] == pytest.approx(16 * groups[0]["lr"]) and groups[0]["lr"] > 0
        assert set(groups[1]["params"]) == faster and not faster & set(groups[0]["params"])
        made.optimizer.step()
        made.lr_scheduler.step()


@pytest.mark.parametrize(
    ("options", "rates"),
    [
        ({"schedule": "cosine", "floor": 0.1}, {4: 1.0, 20: 0.1}),
        ({"schedule": "linear", "floor": 0.2}, {4: 1.0, 12: 0.6, 20: 0.2}),
        ({"schedule": "linear"}, {4: 1.0, 12: 0.5, 20: 0}),
        ({"schedule": "cosine", "warmup": 0.2}, {4: 1.0, 20: 0}),
        ({"schedule": "constant"}, {2: 0.5, 4: 1.0, 20: 1.0}),
        ({"schedule": "inverse_sqrt"}, {4: 1.0, 16: 0.5}),
    ],
)
def test_the_schedule_is_the_one_that_was_asked_for(tmp_path, options, rates):
    """Each has the warm-up, of 4 of 20 steps."""
    made = learner(
        tmp_path, small("Llama", vocab_size=300), Sft(**{"learning_rate": 2e-3, "warmup": 4} | options)
    )
    made.create_scheduler(20)
    seen = {}
    for step in range(21):
        seen[step] = made.optimizer.param_groups[0]["lr"] / 2e-3
        made.optimizer.step()
        made.lr_scheduler.step()
    assert {step: seen[step] for step in rates} == pytest.approx(rates, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"warmup": 1.5}, "warmup: from 1 on these are steps, a whole number: got 1.5"),
        ({"evaluate_every": 2.5}, "evaluate_every: from 1 on these are steps"),
        ({"floor": 0.1, "schedule": "constant"}, "floor is where cosine and linear end"),
        ({"optimizer": "sgd", "beta1": 0.8}, "beta1 is an option of adamw"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        Sft(**options)
