"""What is trained is kept in float32, so that small steps are not lost."""

import pytest
import torch

from pitchpipe import PitchpipeError
from pitchpipe_components.adapters import Lora
from pitchpipe_components.models import Tiny, Transformers
from pitchpipe_components.trainers.precision import Widened, computed_in, settled
from pitchpipe_components.trainers.sft import Sft
from tests.components.trainers.small import training

pytestmark = pytest.mark.slow

BASE = Tiny().folder
SMALL_STEPS = {"learning_rate": 2e-5, "max_steps": 16, "batch_size": 2, "epochs": 9, "log_every": 1}


def base(dtype):
    return Transformers(folder=BASE, dtype=dtype).weights()


def moved(before, after):
    """The share of the numbers that are others."""
    changed = sum(int((before[name] != after[name]).sum()) for name in before)
    return changed / sum(weight.numel() for weight in before.values())


def matrices(model):
    """All trained matrices but the embeddings, of which only the rows of the batch move."""
    wanted = (item for item in model.named_parameters() if item[1].requires_grad and item[1].dim() == 2)
    return {name: weight.detach().clone() for name, weight in wanted if "embed" not in name}


def test_small_steps_reach_weights_that_were_loaded_in_bfloat16(tmp_path):
    """Were they kept in bfloat16, most would never move."""
    from safetensors import safe_open

    model = base("bfloat16")
    lost = matrices(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
    ids = torch.arange(10, 40)[None]
    for _ in range(16):
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert moved(lost, matrices(model)) < 0.3

    model = base("bfloat16")
    made = training(tmp_path, model)
    before, seen = matrices(model), {}
    made.report = lambda step, values: seen.update(matrices(model))
    Sft(**SMALL_STEPS)(made)
    assert moved({name: weight.float() for name, weight in before.items()}, seen) > 0.95
    assert "[dim]trained in float32, where bfloat16 would lose small steps[/]" in made.console.lines
    with safe_open(made.folder / "model.safetensors", "pt") as file:  # as it was loaded
        assert {file.get_slice(name).get_dtype() for name in file.keys()} == {"BF16"}  # noqa: SIM118


@pytest.mark.parametrize("quantize", ["nf4", None])
def test_adapters_and_new_rows_are_float32(tmp_path, quantize):
    """TRL casts those of a quantised model to bfloat16."""
    model = Lora(rank=4, alpha=8)(
        Transformers(folder=BASE, quantize=quantize, dtype="bfloat16").weights(), [3]
    )
    before, seen = {}, {}

    def report(step, values):
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                seen.setdefault(name, weight.dtype)

    before = matrices(model)
    made = training(tmp_path, model)
    made.report = report
    Sft(**SMALL_STEPS)(made)
    assert set(seen.values()) == {torch.float32}
    assert any("token" in name for name in seen)
    after = matrices(model)
    lora = [name for name in before if "lora_A" in name]
    assert moved({name: before[name] for name in lora}, after) > 0.95


def test_what_is_computed_in_follows_the_model_where_there_is_no_gpu():
    assert computed_in("auto", base("float32")) == torch.float32
    assert computed_in("auto", base("bfloat16")) == torch.bfloat16
    assert computed_in("bfloat16", base("float32")) == torch.bfloat16
    model = base("bfloat16")
    assert computed_in("float32", model) == torch.float32  # all of it is trained, and so float32
    with pytest.raises(PitchpipeError, match="frozen weights are bfloat16: give the model `dtype: float32`"):
        settled(Sft(precision="float32"), Lora()(model, []))


def test_weights_that_are_wide_enough_are_left_alone():
    model = base("float32")
    widened = Widened(model)
    assert not widened.were and not widened.told()


def test_half_precision_trains_without_leaving_the_numbers(tmp_path):
    """Of float16 the weights would overflow: what is trained is float32."""
    made = training(tmp_path, base("float16"))
    result = Sft(**SMALL_STEPS | {"learning_rate": 1e-3})(made)
    assert result["loss"] < 20 and "float16 would lose" in made.console.lines[0]
