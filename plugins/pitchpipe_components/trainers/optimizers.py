"""The optimizer: which one, what it pulls towards 0, and which weights learn faster than others."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import pitchpipe as pp

TRANSFORMERS = {  # what Transformers calls each
    "adamw": "adamw_torch_fused",
    "adamw_8bit": "adamw_bnb_8bit",
    "paged_adamw": "paged_adamw_32bit",
    "paged_adamw_8bit": "paged_adamw_8bit",
    "adafactor": "adafactor",
    "sgd": "sgd",
}


def named(optimizer: str) -> str:
    """What Transformers calls it. Those that bitsandbytes brings need bitsandbytes."""
    if ("8bit" in optimizer or "paged" in optimizer) and find_spec("bitsandbytes") is None:
        raise pp.PitchpipeError(f"optimizer: {optimizer} needs bitsandbytes: pip install 'pitchpipe[train]'")
    return TRANSFORMERS[optimizer]


def told(optimizer: str) -> str:
    """What a user should know of it on this machine."""
    import torch

    if "paged" in optimizer and not torch.cuda.is_available():
        return f"optimizer: {optimizer} pages nothing: there is no GPU whose memory could be full"
    return ""


def decaying(model: Any) -> list[str]:
    """The names of weights that may be pulled towards 0: matrices. A norm, a bias or another scale that is
    a vector means something else at 0."""
    return [name for name, weight in model.named_parameters() if sum(size > 1 for size in weight.shape) > 1]


def apply_rates(optimizer: Any, model: Any, rates: Mapping[str, float]) -> None:
    """Multiplies the learning rate of some weights, given by name."""
    factors = {weight: rates[name] for name, weight in model.named_parameters() if name in rates}
    groups = [part for group in optimizer.param_groups for part in _parted(group, factors)]
    optimizer.param_groups[:] = groups


def _parted(group: dict[str, Any], factors: Mapping[Any, float]) -> list[dict[str, Any]]:
    """A group of weights for each factor; those that learn as they are told come first."""
    wanted = sorted({factors.get(weight, 1.0) for weight in group["params"]}, key=lambda f: (f != 1, f))
    return [
        group | {"params": [w for w in group["params"] if factors.get(w, 1.0) == f], "lr": group["lr"] * f}
        for f in wanted
    ]
