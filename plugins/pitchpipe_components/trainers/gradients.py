"""The proof, on real batches, that what should be trained learns, and nothing else.

A weight learns if it has a gradient of finite numbers that are not all zero. LoRA's first matrix has none at
the first step, since its second one is zero: weights of one module are looked at together.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch

import pitchpipe as pp

SHOWN = 3  # names in a message
BY_CHANCE = "expert"  # a mixture of experts sends no token of some batches to some of them


@dataclass
class Gradients:
    """Modules by what their gradients are."""

    trained: int = 0  # weights
    alive: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    endless: set[str] = field(default_factory=set)
    frozen: set[str] = field(default_factory=set)  # weights that should have no gradient and have one

    @classmethod
    def of(cls, model: Any) -> "Gradients":
        found, largest = cls(), defaultdict[str, list[Any]](list)
        for name, weight in model.named_parameters():
            if not weight.requires_grad:
                if weight.grad is not None:
                    found.frozen.add(name)
                continue
            found.trained += 1
            of_module = largest[_module(name)]
            if weight.grad is not None and weight.grad.numel():
                of_module.append(weight.grad.detach().abs().amax().float())
        for name, values in largest.items():
            most = float(torch.stack(values).amax()) if values else 0.0
            kind = found.dead if most == 0 else found.alive if most < float("inf") else found.endless
            kind.add(name)
        return found

    @property
    def unlearned(self) -> list[str]:
        """Modules that learn nothing, but for those that wait for their tokens."""
        return sorted(name for name in self.dead if BY_CHANCE not in name)


def must_learn(model: Any, found: Gradients, rows: Callable[[], str]) -> str:
    """Stop where something that should be trained is not, or the reverse; else a warning, or nothing.

    `rows` says where the first rows of the batch come from.
    """
    if not found.trained:
        raise pp.PitchpipeError("no weight of the model would be trained: look at the recipe's adapter")
    if found.endless:
        raise pp.PitchpipeError(
            f"gradients of the first batch are not finite numbers: {_named(found.endless)}. {rows()}\n"
            "float16 has no numbers above 65,504: give the model `dtype: bfloat16` or `float32`. A model that"
            " does so in float32 is damaged, or these rows are not for it."
        )
    if base := found.frozen or _base_trained(model):
        raise pp.PitchpipeError(f"weights of the base would be trained beside the adapter: {_named(base)}")
    if not found.alive:
        raise pp.PitchpipeError(
            f"nothing would be learned: all gradients are zero in the first batches. {rows()}\n"
            "Is anything learned in these rows (`pitchpipe peek`)? Are the adapter's targets on the way to"
            " the loss?"
        )
    if not found.unlearned:
        return ""
    words = f"{len(found.unlearned)} of {len(found.alive | found.dead)} trained modules get no gradient"
    if hasattr(model, "peft_config"):
        raise pp.PitchpipeError(f"{words}, so the adapter would not learn there: {_named(found.unlearned)}")
    return f"{words} from the first batches: {_named(found.unlearned)}"


def _module(name: str) -> str:
    """The module that a weight belongs to; that of an adapter's weight is the one that is adapted."""
    name = name.removeprefix("base_model.model.")
    for part in (".lora_", ".ia3_", ".trainable_tokens_", ".modules_to_save."):
        if part in name:
            return name.partition(part)[0]
    return name.rpartition(".")[0] or name


def _base_trained(model: Any) -> set[str]:
    return {n for n, p in model.named_parameters() if p.requires_grad and ".base_layer." in n}


def _named(names: Iterable[str]) -> str:
    names = sorted(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
