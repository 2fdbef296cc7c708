"""The type of number that a model is computed in, and the one in which its trained weights are kept.

A bfloat16 weight has 8 bits: a step of less than 1/256 of it changes nothing, and most steps are smaller.
So what is trained is kept in float32, while the matrices are multiplied in bfloat16.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import torch

import pitchpipe as pp

if TYPE_CHECKING:
    from pitchpipe_components.trainers.options import Options


def settled(options: "Options", model: Any) -> "Options":
    """The options with the precision that `auto` means for this model, as it was loaded."""
    if options.precision == "float32":
        _must_be_wide(model)
    return replace(options, precision=cast(Any, _name(computed_in(options.precision, model))))


def computed_in(precision: str, model: Any) -> torch.dtype:
    """What a recipe's `precision` means for this model on this machine; or one that is settled."""
    if precision in ("float32", "float16"):
        return torch.float32 if precision == "float32" else torch.float16
    if precision == "bfloat16" or _has_bfloat16(model):
        return torch.bfloat16
    return torch.float16 if torch.cuda.is_available() else torch.float32


def _must_be_wide(model: Any) -> None:
    """Frozen weights are computed with as they are: with narrow ones float32 would be said and not done."""
    frozen = {p.dtype for p in model.parameters() if p.is_floating_point() and not p.requires_grad}
    if narrow := [_name(kind) for kind in frozen if kind.itemsize < 4]:
        raise pp.PitchpipeError(
            f"precision: float32, and the model's frozen weights are {narrow[0]}: give the model `dtype:"
            " float32`, or leave precision out"
        )


def _has_bfloat16(model: Any) -> bool:
    """Whether the hardware has it, or the weights are in it already. GPUs that imitate it are slow."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return any(parameter.dtype == torch.bfloat16 for parameter in model.parameters())


class Widened:
    """The trained weights of a model, put into float32, however they were loaded."""

    def __init__(self, model: Any):
        self.were: dict[Any, torch.dtype] = {}
        for parameter in model.parameters():
            if parameter.requires_grad and parameter.is_floating_point() and parameter.dtype.itemsize < 4:
                self.were[parameter] = parameter.dtype
                parameter.data = parameter.data.float()
        self._names = {n: self.were[weight] for n, weight in model.named_parameters() if weight in self.were}

    def told(self) -> str:
        """What was done, for people."""
        kinds = " and ".join(sorted({_name(kind) for kind in self.were.values()}))
        return f"trained in float32, where {kinds} would lose small steps" if kinds else ""

    def undo(self) -> None:
        """As they were loaded, to be saved."""
        for parameter, kind in self.were.items():
            parameter.data = parameter.data.to(kind)

    def undone(self, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """The same of weights that were gathered from several processes."""
        return {name: weight.to(self._names.get(name, weight.dtype)) for name, weight in state.items()}


def _name(kind: torch.dtype) -> str:
    return str(kind).removeprefix("torch.")
