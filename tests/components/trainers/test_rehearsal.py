"""A rehearsal shows what training will do, and leaves no trace."""

import random

import numpy as np
import pytest
import torch

from pitchpipe import PitchpipeError
from pitchpipe_components.adapters import Lora
from pitchpipe_components.collators.packed import Packed
from pitchpipe_components.trainers.rehearsal import rehearse
from pitchpipe_components.trainers.sft import Sft
from pitchpipe_components.trainers.trl_run import _ready
from tests.components.trainers.made import training
from tests.packed import small

pytestmark = pytest.mark.slow(seconds=20)


def state(model):
    held = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    settings = {name: sorted(map(str, vars(module))) for name, module in model.named_modules()}
    return held, settings, random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()


@pytest.mark.parametrize("adapter", [None, Lora(rank=4, dropout=0.1)])
def test_a_rehearsal_leaves_no_trace(tmp_path, adapter):
    model = small("Llama", vocab_size=300)
    with torch.no_grad():
        model.model.layers[0].mlp.up_proj.weight[0, :2] = torch.tensor([-0.0, 0.0])
    made = training(tmp_path, model=adapter(model, []) if adapter else model)
    before = state(made.model)
    shown = rehearse(Sft(batch_size=2, accumulate=2, gradient_checkpointing=True, weight_decay=0.1), made)
    held, settings, python, numpy, torchs = state(made.model)
    for name, tensor in before[0].items():
        assert torch.equal(tensor.view(torch.int32), held[name].view(torch.int32)), (
            name
        )  # to the sign of zero
    assert before[1:4] == (settings, python, numpy) and torch.equal(before[4], torchs)
    assert all(parameter.grad is None for parameter in made.model.parameters())
    assert not any(tmp_path.rglob("*.safetensors"))
    assert shown.written and shown.checkpoint > 0 and 0 < shown.loss < 8


def test_the_largest_batch_is_rehearsed(tmp_path):
    assert rehearse(Sft(batch_size=2), training(tmp_path)).tokens == 2 * 40  # those of 40 and of 33 tokens
    made = training(tmp_path, collator=Packed(length=64))
    with _ready(Sft(batch_size=1, precision="float32"), made) as (_, found):
        assert found.shown.tokens == 33 + 30  # the fullest row; another one holds 40 and 22


def test_what_is_estimated_is_what_is_measured(tmp_path):
    """What comes and goes within a layer and a part of the loss is beside what is kept: here, of a tiny model,
    not much less than that."""
    model = small("Llama", vocab_size=4000, hidden_size=64, intermediate_size=256, num_hidden_layers=4)
    made = training(tmp_path, lengths=[200] * 40, model=model)
    rehearse(Sft(batch_size=16), made)  # libraries load what they need once
    shown = rehearse(Sft(batch_size=16), made)
    measured = shown.peak - shown.estimate.weights
    assert measured / 2 < shown.estimate.more < measured * 1.25


def test_an_adapter_that_gets_no_gradient_stops_the_run(tmp_path):
    made = training(tmp_path, model=Lora(rank=4)(small("Llama", vocab_size=300), []))
    for name, weight in made.model.named_parameters():
        if "layers.0.self_attn.q_proj.lora" in name:
            weight.register_hook(torch.zeros_like)
    with pytest.raises(PitchpipeError, match=r"1 of 14 trained modules get no gradient.*layers.0.self_attn"):
        rehearse(Sft(batch_size=2), made)


def test_gradients_that_are_no_numbers_stop_the_run_and_name_the_rows(tmp_path):
    made = training(tmp_path)
    made.model.model.norm.weight.register_hook(lambda gradient: gradient * float("inf"))
    with pytest.raises(PitchpipeError, match=r"model.norm. First rows of the batch: rows.jsonl:\d+"):
        rehearse(Sft(batch_size=2), made)


def test_a_disk_without_room_stops_the_run(tmp_path):
    from pitchpipe_components.trainers.disk import must_have_room

    with pytest.raises(PitchpipeError, match=r"3 checkpoints of 4096\.0 TiB"):
        must_have_room(tmp_path / "checkpoints", 1 << 52, 3, 1)
    must_have_room(tmp_path / "checkpoints", 1 << 10, 3, 1)


def test_a_model_that_guesses_is_told(tmp_path):
    from pitchpipe_components.trainers.shown import guesses

    model = small("Llama", vocab_size=300, initializer_range=0.01)
    assert "as of one who guesses (5.70)" in guesses(
        rehearse(Sft(batch_size=2), training(tmp_path, model=model))
    )
