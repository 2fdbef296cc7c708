"""What was asked of Accelerate, and what it has made of it.

It falls back without a word (FSDP without GPUs became plain data parallelism), or crashes in its own code.
"""

import os
from collections.abc import Iterator
from typing import Any

import pitchpipe as pp

# A variable that `accelerate launch` sets, and the kind of training that it asks for.
KINDS = {
    "ACCELERATE_USE_FSDP": "FSDP",
    "ACCELERATE_USE_DEEPSPEED": "DEEPSPEED",
    "ACCELERATE_USE_MEGATRON_LM": "MEGATRON_LM",
}
YES = ("1", "true", "yes", "on")


def size() -> int:
    """The number of processes that train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def sharing() -> str:
    """The kind of training that shares the model out among processes; empty where each holds all of it."""
    return next((kind for _, kind in _kinds()), "")


def must_have_gpus(device: str) -> None:
    """Stop where the kind of training that was asked for is not to be had on a device."""
    if device == "cpu" and (wanted := _kinds()):
        name, kind = wanted[0]
        raise pp.PitchpipeError(
            f"{kind} was asked for ({name}), and training runs on the processor, where there is none. Launch"
            " without it: --set launch.shard=none --set launch.deepspeed=null"
        )


def must_be_shareable(accelerator: Any, model: Any) -> None:
    """Stop where FSDP2 would crash in its own code."""
    if accelerator.distributed_type.value == "FSDP" and (twice := _rows_in_two_places(model)):
        raise pp.PitchpipeError(
            f"FSDP2 cannot share out rows of tokens that stand in two places: {', '.join(twice)}. The model's"
            " output layer is its embedding, and an adapter learns tokens that are new to both. Launch with"
            " shard: none, train all weights, or take a template whose tokens the base knows"
        )


def must_be_as_asked(accelerator: Any) -> None:
    """Stop where the training that begins is another than the one that was asked for."""
    if differences := list(_differences(accelerator)):
        lines = "\n".join(f"  - {one}" for one in differences)
        raise pp.PitchpipeError(f"this training would be another than was asked for:\n{lines}")


def _rows_in_two_places(model: Any) -> list[str]:
    """Names of rows that an adapter learns beside an embedding and beside the output layer at once."""
    names: dict[int, list[str]] = {}
    for name, weight in model.named_parameters(remove_duplicate=False):
        if "trainable_tokens" in name:
            names.setdefault(id(weight), []).append(name.partition(".token_adapter")[0].rpartition(".")[2])
    return next((found for found in names.values() if len(found) > 1), [])


def _kinds() -> list[tuple[str, str]]:
    return [(name, kind) for name, kind in KINDS.items() if os.environ.get(name, "").lower() in YES]


def _differences(accelerator: Any) -> Iterator[str]:
    asked, made = os.environ, accelerator.distributed_type.value
    for name, wanted in _kinds():
        if made != wanted:
            yield f"{wanted} was asked for ({name}), and Accelerate has made {made} of it"
    count = size()
    if count != accelerator.num_processes:
        hint = "" if "LOCAL_RANK" in asked else ": LOCAL_RANK is not set, which says the device of a process"
        yield (
            f"{count} processes were asked for (WORLD_SIZE), and those that train together are"
            f" {accelerator.num_processes}{hint}"
        )
    precision = asked.get("ACCELERATE_MIXED_PRECISION", "no")
    if precision not in ("no", accelerator.mixed_precision):
        yield (
            f"mixed precision {precision} was asked for (--mixed_precision), and it is"
            f" {accelerator.mixed_precision}: training takes bf16 on a GPU that has it, else none. Launch"
            " with --mixed_precision no"
        )
