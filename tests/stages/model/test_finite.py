"""Weights that are no numbers are seen, and large ones are numbers."""

import pytest
import torch
from safetensors.torch import save_file

from pitchpipe import PitchpipeError
from pitchpipe_stages.model.finite import saved_holds_numbers


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16, torch.float16, torch.float8_e4m3fn])
def test_a_saved_model_holds_numbers(tmp_path, kind):
    weight = torch.full((4, 4), 3.0).to(kind)
    save_file({"a": weight, "b": torch.arange(3)}, tmp_path / "model.safetensors")
    saved_holds_numbers(tmp_path)
    weight[2, 1] = float("nan")
    save_file({"fine": torch.ones(2), "broken": weight}, tmp_path / "model.safetensors")
    with pytest.raises(PitchpipeError, match=r"not finite numbers: broken\. The model is not kept"):
        saved_holds_numbers(tmp_path)


def test_numbers_whose_sum_is_none_are_numbers(tmp_path):
    save_file({"a": torch.full((4,), 3e38)}, tmp_path / "adapter_model.safetensors")
    saved_holds_numbers(tmp_path)
