"""Weights are numbers: those of the base before training, and those that a trainer saved."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

SHOWN = 3  # names of weights in an error


def base_holds_numbers(model: "PreTrainedModel") -> None:
    """Stop at a base that is damaged: a row that no example reads would be saved with the tuned model."""
    if broken := _broken(model.named_parameters()):
        raise PitchpipeError(
            f"the base model holds weights that are not finite numbers: {broken}. Its files are damaged, or"
            " its training went astray. Take them from where they came again, or another model."
        )


def saved_holds_numbers(folder: Path) -> None:
    """Stop at a model that no server could use, whichever trainer saved it."""
    if broken := broken_in(folder):
        raise PitchpipeError(
            f"training ended with weights that are not finite numbers: {broken}. The model is not kept. Try a"
            " lower learning_rate, or a `dtype` of the model with more room than float16."
        )


def broken_in(folder: Path) -> str:
    """The names of saved weights that hold anything but numbers, or nothing."""
    return _broken(_saved(folder))


def _saved(folder: Path) -> "Iterator[tuple[str, torch.Tensor]]":
    from safetensors import safe_open

    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, "pt") as tensors:
            for name in tensors.keys():  # noqa: SIM118 - it is no dict
                yield name, tensors.get_tensor(name)


def _broken(weights: "Iterable[tuple[str, torch.Tensor]]") -> str:
    """The names of weights that hold anything but numbers, or nothing."""
    names = [name.removeprefix("base_model.model.") for name, weight in weights if not _finite(weight)]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _finite(weight: "torch.Tensor") -> bool:
    """The sum tells at a fraction of the cost and memory; only where it does not, each number is asked."""
    import torch

    if not weight.is_floating_point() or weight.is_meta:
        return True
    weight = weight.detach()
    if weight.element_size() == 1:  # of eight bits: torch does not add them up
        weight = weight.float()
    return bool(weight.sum(dtype=torch.float32).isfinite()) or bool(torch.isfinite(weight).all())
