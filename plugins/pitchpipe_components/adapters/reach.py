"""How much of a model an adapter reaches: a name that only some layers have adapts only those, and weights
that lie in no linear layer (the experts of a mixture) are adapted by none."""

import re
from typing import Any

from pitchpipe_components.adapters.targets import ALL, names, with_matrices


def notes(targets: str | list[str], model: Any) -> list[str]:
    """What a user may not expect, of targets on a model that is already wrapped."""
    base = model.get_base_model()
    found = [*_experts(targets, base)]
    if isinstance(targets, list):
        found += _in_part(targets, base)
    return found


def _in_part(targets: list[str], model: Any) -> list[str]:
    """Names that some of the layers have, and others have not."""
    reached = {name: layer for name in _adapted(model) if (layer := _layer(name))}
    layers = {layer for name in with_matrices(model) if (layer := _layer(name))} | set(reached.values())
    found = []
    for target in targets:
        here = {layer for name, layer in reached.items() if names(target, name)}
        if here and here < layers and not re.search(r"\.\d+\.", f".{target}"):
            found.append(
                f"adapter: '{target}' is in {len(here)} of {len(layers)} layers; the others have no module of"
                " this name"
            )
    return found


def _experts(targets: str | list[str], model: Any) -> list[str]:
    """Matrices that are no layer of their own are adapted by nobody who names layers."""
    stacked = {name: weight.numel() for name, weight in model.named_parameters() if _is_stack(name, weight)}
    if targets != ALL or not stacked:
        return []
    share = sum(stacked.values()) / sum(weight.numel() for weight in model.parameters())
    return [
        f"adapter: {share:.0%} of the weights are experts ({next(iter(stacked))}, ...): all-linear does not"
        " reach them, and they stay as they are"
    ]


def _is_stack(name: str, weight: Any) -> bool:
    """Whether a weight is many matrices that no adapter stands beside."""
    return weight.ndim == 3 and not re.search(r"base_layer|lora_|conv", name)


def _adapted(model: Any) -> list[str]:
    from peft.tuners.tuners_utils import BaseTunerLayer

    return [name for name, module in model.named_modules() if isinstance(module, BaseTunerLayer)]


def _layer(name: str) -> str:
    """The first numbered part of a model that a module belongs to."""
    found = re.match(r"(.*?\.\d+)\.", name)
    return found[1] if found else ""
