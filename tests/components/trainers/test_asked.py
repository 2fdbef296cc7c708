"""Training is the kind that was asked for, or none."""

import pytest
from accelerate import Accelerator

from pitchpipe import PitchpipeError
from pitchpipe_components.trainers.asked import must_be_as_asked, must_have_gpus


@pytest.fixture
def asked(monkeypatch):
    for name in ("WORLD_SIZE", "ACCELERATE_MIXED_PRECISION", "ACCELERATE_USE_FSDP"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch.setenv


@pytest.mark.parametrize("kind", ["FSDP", "DEEPSPEED", "MEGATRON_LM"])
def test_a_kind_that_needs_gpus_is_refused_on_a_processor(asked, kind):
    must_have_gpus("cpu")
    asked(f"ACCELERATE_USE_{kind}", "true")
    with pytest.raises(PitchpipeError, match=f"{kind} was asked for .* training runs on the processor"):
        must_have_gpus("cpu")
    must_have_gpus("cuda")
    asked(f"ACCELERATE_USE_{kind}", "false")
    must_have_gpus("cpu")


def test_what_accelerate_made_is_compared_with_what_was_asked(asked):
    accelerator = Accelerator(cpu=True)
    must_be_as_asked(accelerator)
    asked("WORLD_SIZE", "2")
    asked("ACCELERATE_USE_FSDP", "1")
    asked("ACCELERATE_MIXED_PRECISION", "fp16")
    with pytest.raises(PitchpipeError, match="another than was asked for") as stopped:
        must_be_as_asked(accelerator)
    for words in (
        "FSDP was asked for (ACCELERATE_USE_FSDP), and Accelerate has made NO of it",
        "2 processes were asked for (WORLD_SIZE), and those that train together are 1",
        "mixed precision fp16 was asked for (--mixed_precision), and it is no",
    ):
        assert words in str(stopped.value)
