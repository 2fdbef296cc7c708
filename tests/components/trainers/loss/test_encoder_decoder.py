"""The loss of encoder-decoder models is their own, of each reply from its first token on."""

from types import SimpleNamespace

import pytest
import torch

from pitchpipe.records.example import IGNORED, Example
from pitchpipe_components.adapters import Lora
from pitchpipe_components.collators import Seq2seq
from pitchpipe_components.trainers.loss.batch import PLACES, Numbered, without_numbers
from pitchpipe_components.trainers.loss.path import Losses

SIZES = [(3, 2), (9, 7), (5, 1), (4, 12)]  # of prompts and replies
EXAMPLES = [
    Example([*range(10, 10 + p), *range(60, 60 + r)], [*[IGNORED] * p, *range(60, 60 + r)]) for p, r in SIZES
]
SMALL = {"vocab_size": 99, "d_model": 32, "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}
T5 = {"d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4, "dropout_rate": 0.0}
BART = {
    "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "dropout": 0.0, "max_position_embeddings": 64,
}  # fmt: skip
FAMILIES = {
    "T5": T5, "MT5": T5, "LongT5": T5, "UMT5": T5, "T5 of FLAN": T5 | {"tie_word_embeddings": False},
    "Bart": BART, "MBart": BART, "Pegasus": BART,
}  # fmt: skip


def model_of(family):
    import transformers

    name, settings = family.partition(" ")[0], FAMILIES[family]
    torch.manual_seed(0)
    config = getattr(transformers, f"{name}Config")(**{**SMALL, **settings})
    return getattr(transformers, f"{name}ForConditionalGeneration")(config)


def batch():
    collator = Seq2seq()
    batches = SimpleNamespace(
        collate=lambda entries: collator(entries, 0),
        numbers=lambda e: range(len(e)),
        rejected=lambda e: [False] * len(e),
    )
    return Numbered(batches, 0)(EXAMPLES)


@pytest.mark.parametrize("adapter", [None, Lora(rank=4)], ids=["full", "lora"])
@pytest.mark.parametrize("family", FAMILIES)
def test_loss_and_gradients_are_the_models_own(family, adapter):
    model = adapter(model_of(family), []) if adapter else model_of(family)
    made, model = batch(), model.train()
    assert len(made[PLACES]) == sum(reply for _, reply in SIZES)

    own = model(**without_numbers(made)).loss
    own.backward()
    expected = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad(set_to_none=True)

    losses = Losses(model, smoothing=0.0, aux_weight=0.0)
    assert losses.why_plain == ""
    loss = losses(model, without_numbers(made), made[PLACES]).loss / len(made[PLACES])
    loss.backward()
    assert torch.allclose(loss, own, atol=1e-5)
    found = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    assert found.keys() == expected.keys() and found
    for name, gradient in found.items():
        assert torch.allclose(gradient, expected[name], atol=1e-5), name
