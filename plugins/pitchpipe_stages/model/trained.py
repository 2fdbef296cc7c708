"""What of a model is trained, in a line: how many weights, of what kind and type."""

import re
from collections import Counter
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

# Parts of the names of PEFT's weights, and what they are.
KINDS = (
    (re.compile(r"trainable_tokens|token_adapter"), "rows of tokens"),
    (re.compile(r"modules_to_save"), "whole modules"),
    (re.compile(r"lora_|ia3_|prompt_encoder"), "adapter"),
)


def trained(model: "PreTrainedModel") -> str:
    """The number of trained weights, their share of all, and what they are."""
    wrapped, parts = hasattr(model, "peft_config"), Counter[str]()
    every = learned = 0
    for name, weight in model.named_parameters():
        size = _size(weight)
        every += size
        if weight.requires_grad:
            learned += size
            kind = f"{_kind(name, wrapped)}, {str(weight.dtype).removeprefix('torch.')}"
            parts[kind] += size
    words = "; ".join(f"{kind}: {size:,}" for kind, size in parts.items())
    return f"trained: {learned:,} of {every:,} weights, {learned / max(every, 1):.2%} ({words})"


def _kind(name: str, wrapped: bool) -> str:
    found = (kind for pattern, kind in KINDS if pattern.search(name))
    return next(found, "adapter") if wrapped else "all weights"


def _size(weight: "torch.Tensor") -> int:
    """Weights of 4 bits lie two in a byte."""
    state = getattr(weight, "quant_state", None)
    return prod(state.shape) if state is not None else weight.numel()
