"""NEFTune's noise: as much as the conversation's own length asks for, while training alone."""

import pytest
import torch

from pitchpipe_components.adapters import Lora
from pitchpipe_components.collators import Padded
from pitchpipe_components.collators.rows import joined
from pitchpipe_components.trainers.neftune import Noise
from pitchpipe_components.trainers.sft import Sft
from tests.components.trainers.small import training
from tests.packed import small, some

ALPHA, WIDTH = 5.0, 32
LENGTHS = (6, 17, 11)


def noise_on(model, batch):
    """The noise of each position, by its largest number."""
    noise = Noise(ALPHA)
    noise.saw(batch)
    layer = model.get_input_embeddings()
    plain = layer(batch["input_ids"])
    torch.manual_seed(0)
    with noise.on(model):
        noisy = layer(batch["input_ids"])
    assert torch.equal(layer(batch["input_ids"]), plain)  # and none remains
    return (noisy - plain).abs().amax(-1)


@pytest.mark.parametrize("adapter", [None, Lora(rank=4)])
def test_the_noise_is_that_of_each_conversation_packed_or_padded(adapter):
    model = small("Llama")
    model = (adapter(model, [3, 4]) if adapter else model).train()
    each = [ALPHA / (length * WIDTH) ** 0.5 for length in LENGTHS]
    packed = noise_on(model, joined(some(*LENGTHS)))[0].split(LENGTHS)
    padded = [
        row[:length]
        for row, length in zip(noise_on(model, Padded()(some(*LENGTHS), 0)), LENGTHS, strict=True)
    ]
    for found in (packed, padded):
        for row, most in zip(found, each, strict=True):
            assert 0.8 * most < row.max() <= most * 1.0001


def test_an_evaluation_has_no_noise():
    assert not noise_on(small("Llama").eval(), Padded()(some(*LENGTHS), 0)).any()


@pytest.mark.slow
def test_a_training_with_noise_learns_and_leaves_no_trace(tmp_path):
    losses = {}
    for alpha in (None, 5.0):
        model = small("Llama", vocab_size=300, initializer_range=0.02)
        made = training(tmp_path / str(alpha), model, validation=some(9, 7))
        options = {"batch_size": 4, "epochs": 5, "learning_rate": 1e-2, "warmup": 0, "log_every": 1}
        Sft(neftune=alpha, **options)(made)
        losses[alpha] = [values["loss"] for _, values in made.logged if "loss" in values]
        assert not model.get_input_embeddings()._forward_hooks
    assert losses[5.0][-1] < losses[5.0][0] - 0.3 and losses[5.0] != losses[None]
