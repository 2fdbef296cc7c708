"""How a model is shared out among processes, in the variables that `accelerate launch` would set.

So every trainer that stands on Accelerate takes it, and it is compared with what Accelerate makes of it.
"""

import os
from pathlib import Path

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe_stages.train.launch import STAGES, Launch

BY_LAUNCHER = ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED", "ACCELERATE_USE_MEGATRON_LM")
YES = "true"


def asked(launch: Launch, folder: Path) -> dict[str, str]:
    """The variables of what a recipe asks for; paths are seen from its folder."""
    if not launch.shares:
        return {}
    for name in BY_LAUNCHER:
        if os.environ.get(name, "").lower() in ("1", YES, "yes", "on"):
            raise PitchpipeError(
                f"both share out the model: the recipe's launch asks for {launch.shares}, and accelerate"
                f" launch has set {name}. Leave one out"
            )
    return _deepspeed(launch, folder) if launch.deepspeed else _fsdp(launch)


def _fsdp(launch: Launch) -> dict[str, str]:
    """Each layer is a unit, whose class the model itself names. Checkpoints are written in parts, by all."""
    return {
        "ACCELERATE_USE_FSDP": YES,
        "FSDP_VERSION": "2",
        "FSDP_RESHARD_AFTER_FORWARD": YES if launch.shard == "parameters" else "false",
        "FSDP_OFFLOAD_PARAMS": YES if launch.offload else "false",
        "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
        "FSDP_STATE_DICT_TYPE": "SHARDED_STATE_DICT",
    }


def _deepspeed(launch: Launch, folder: Path) -> dict[str, str]:
    found = {"ACCELERATE_USE_DEEPSPEED": YES}
    if launch.config:
        file = folder / launch.config.expanduser()
        if not file.is_file():
            near = [path.name for path in file.parent.glob("*.json")] if file.parent.is_dir() else []
            raise PitchpipeError(f"launch.deepspeed: there is no file {file}.{suggest(file.name, near)}")
        return found | {"ACCELERATE_DEEPSPEED_CONFIG_FILE": str(file)}
    device = "cpu" if launch.offload else "none"
    return found | {
        "ACCELERATE_DEEPSPEED_ZERO_STAGE": str(STAGES[str(launch.deepspeed)]),
        "ACCELERATE_DEEPSPEED_OFFLOAD_OPTIMIZER_DEVICE": device,
        "ACCELERATE_DEEPSPEED_OFFLOAD_PARAM_DEVICE": device if launch.deepspeed == "zero3" else "none",
        "ACCELERATE_DEEPSPEED_ZERO3_SAVE_16BIT_MODEL": YES,  # the whole model at the end
    }


def each_alone() -> None:
    """Let a process load models by itself again: beside ZeRO 3, all of a launch would have to load them."""
    from transformers.integrations.deepspeed import unset_hf_deepspeed_config

    unset_hf_deepspeed_config()
