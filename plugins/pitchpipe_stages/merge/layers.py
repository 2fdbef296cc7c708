"""What each changed layer of a model gives, apart from the others, for the same made-up input.

A layer that was merged wrong moves the logits of a large model by little, and rounding hides it. Here it
stands alone, in single precision: what is left is the rounding of its own weights.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import PreTrainedModel

READ = 16  # vectors, or tokens
# Of the length of what a layer gives. Rounded weights give 0.0003 (float16) and 0.002 (bfloat16).
LIMITS = {"float32": 1e-4, "float16": 2e-3, "bfloat16": 1e-2}


class Layers(Struct, frozen=True):
    """How many layers were compared, the largest difference of one, and its name."""

    compared: int
    largest: float = 0.0
    name: str = ""
    limit: float = 0.0
    apart: int = 0  # changed layers that cannot be asked alone

    @property
    def lines(self) -> list[str]:
        """What was compared, for people."""
        apart = f"; {self.apart} more have no input of their own" if self.apart else ""
        return [
            f"  layers: {self.compared:,} changed ones, each alone, give the same within {self.largest:.1g}"
            f" of its length (limit: {self.limit:g}){apart}"
        ][: self.compared]

    @property
    def failures(self) -> list[str]:
        if self.largest <= self.limit:
            return []
        return [
            f"the layer {self.name} gives what differs by {self.largest:.2g} of its length; rounding explains"
            f" {self.limit:g}"
        ]


class LayerProbe:
    """What the layers of a model with an adapter give, to be compared with those of the merged model."""

    def __init__(self, model: "PreTrainedModel"):
        self._given: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}
        self._apart = 0
        inside: Any = model
        for name, module in _changed(inside.get_base_model()):
            inner = _inner(module)
            if inner is None:
                self._apart += 1
            else:
                read = _input(inner, _tokens(module))
                self._given[name] = read, _gives(module, read)

    def compare(self, model: "PreTrainedModel", dtype: str) -> Layers:
        """How far the layers of the same names in another model give the same."""
        found = {}
        for name, (read, expected) in self._given.items():
            given = _gives(model.get_submodule(name), read)
            same = given.shape == expected.shape
            found[name] = _apart(given, expected) if same else float("inf")
        if not found:
            return Layers(0, apart=self._apart)
        worst = max(found, key=lambda name: found[name])
        return Layers(len(found), found[worst], worst, LIMITS[dtype], self._apart)


def _apart(given: "torch.Tensor", expected: "torch.Tensor") -> float:
    """The length of the difference; what is not a number is as far apart as can be."""
    share = ((given - expected).norm() / expected.norm().clamp(min=1e-12)).item()
    return share if share == share else float("inf")


def _changed(model: "nn.Module") -> Iterator[tuple[str, Any]]:
    """The outermost modules that PEFT put in the place of others."""
    from peft.tuners.tuners_utils import BaseTunerLayer
    from peft.utils.other import AuxiliaryTrainingWrapper

    within = ""
    for name, module in model.named_modules():
        if within and name.startswith(within):
            continue
        if isinstance(module, BaseTunerLayer | AuxiliaryTrainingWrapper):
            within = f"{name}."
            yield name, module


def _inner(module: Any) -> "nn.Module | None":
    """The module of the base, if it is one that can be asked alone."""
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    inner = module.original_module if hasattr(module, "original_module") else module.get_base_layer()
    return inner if isinstance(inner, nn.Linear | nn.Embedding | Conv1D) else None


def _tokens(module: Any) -> list[int]:
    """Tokens whose rows are learned."""
    learned = getattr(getattr(module, "token_adapter", None), "token_indices", None) or {}
    return [token for tokens in learned.values() for token in tokens]


def _input(layer: Any, tokens: list[int]) -> "torch.Tensor":
    """The same each time; an embedding reads tokens, the learned ones too."""
    import torch
    from torch import nn

    chance = torch.Generator().manual_seed(0)
    if isinstance(layer, nn.Embedding):
        some = torch.randint(layer.num_embeddings, (READ,), generator=chance)
        return torch.cat([some, torch.tensor(tokens, dtype=some.dtype)])
    width = layer.in_features if isinstance(layer, nn.Linear) else layer.weight.shape[0]
    return torch.randn(READ, width, generator=chance)


def _gives(layer: "nn.Module", read: "torch.Tensor") -> "torch.Tensor":
    """What a layer gives. Rows are only read, and are many: the others are computed in single precision."""
    import torch

    with torch.inference_mode():
        asked: Any = layer.eval() if read.ndim == 1 else deepcopy(layer).float().eval()
        given: torch.Tensor = asked(read.to(next(layer.parameters()).device))
    return given.float().cpu()
