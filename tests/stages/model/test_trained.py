"""What is trained is counted, by kind and type."""

from pathlib import Path

from pitchpipe_components.adapters import Lora, PromptTuning
from pitchpipe_components.models import Tiny, Transformers
from pitchpipe_stages.model.trained import trained

BASE = Path(Tiny().folder)


def test_all_weights():
    assert trained(Tiny().weights()) == (
        "trained: 1,821,888 of 1,821,888 weights, 100.00% (all weights, float32: 1,821,888)"
    )


def test_adapters_rows_and_whole_modules():
    plain = sum(w.numel() for w in Tiny().weights().parameters())
    told = trained(Lora(rank=1, targets=["q_proj"], train_also=["norm"])(Tiny().weights(), [2, 3]))
    rows, norm, lora = 2 * 192, 192, 4 * 2 * 192
    assert f"rows of tokens, float32: {rows}" in told and f"whole modules, float32: {norm}" in told
    assert f"adapter, float32: {lora:,}" in told
    assert told.startswith(f"trained: {rows + norm + lora:,} of {plain + rows + norm + lora:,} weights")
    assert "adapter, float32: 384)" in trained(PromptTuning(tokens=2)(Tiny().weights(), []))


def test_weights_of_four_bits_count_as_weights():
    plain = sum(w.numel() for w in Tiny().weights().parameters())
    model = Lora(rank=1, targets=["q_proj"])(Transformers(folder=BASE, quantize="nf4").weights(), [])
    assert f"of {plain + 4 * 2 * 192:,} weights" in trained(model)
