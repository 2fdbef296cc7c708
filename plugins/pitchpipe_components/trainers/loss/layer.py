"""Reads the output layer of a model, adapters around it included, as the weights that the loss needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.distributed.tensor import DTensor

from pitchpipe_components.trainers.loss.chunked import Layer


class NoShortcut(Exception):
    """Raised where the loss cannot be had from hidden states; the user sees the reason."""


def inner(model: Any) -> Any:
    """The model of transformers within its adapters and within what spreads it over processes."""
    while not hasattr(model, "get_output_embeddings"):
        model = model.module
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def read(model: Any) -> Layer:
    """The output layer as it is now."""
    from peft.tuners.tuners_utils import BaseTunerLayer
    from peft.utils.other import ModulesToSaveWrapper, TrainableTokensWrapper

    head = model.get_output_embeddings()
    if isinstance(head, ModulesToSaveWrapper) and len(head.active_adapters) == 1:
        head = head.modules_to_save[head.active_adapters[0]]
    if isinstance(head, TrainableTokensWrapper):
        return _with_new_rows(head.token_adapter)
    if head is None or isinstance(head, BaseTunerLayer):
        raise NoShortcut(
            "an adapter stands on its output layer" if head is not None else "it has no output layer"
        )
    return Layer(_plain(head), getattr(head, "bias", None))


def _with_new_rows(layer: Any) -> Layer:
    """PEFT trains rows of an output layer apart from it, and leaves out the layer's bias."""
    weight, names = _plain(layer.base_layer), layer.active_adapters
    if layer.disable_adapters or not names:
        return Layer(weight)
    if len(names) > 1 or layer.merged:
        raise NoShortcut("several adapters train rows of its output layer")
    index = torch.as_tensor(layer.token_indices[names[0]], device=weight.device)
    return Layer(weight, None, layer.trainable_tokens_delta[names[0]], index)


def _plain(head: Any) -> torch.Tensor:
    weight = getattr(head, "weight", None)
    if not isinstance(head, nn.Linear) or not isinstance(weight, torch.Tensor):
        raise NoShortcut(f"its output layer is a {type(head).__name__}")
    if isinstance(weight, DTensor):
        raise NoShortcut("its output layer is spread over processes")
    if weight.ndim != 2 or weight.dtype not in (torch.float32, torch.bfloat16, torch.float16):
        raise NoShortcut(f"its output layer holds {str(weight.dtype).removeprefix('torch.')} numbers")
    return weight


@contextmanager
def replaced(module: nn.Module, forward: Any) -> Iterator[None]:
    """As long as this lasts, a module computes something else. Its hooks run as ever."""
    own = module.__dict__.get("forward")
    module.__dict__["forward"] = forward
    try:
        yield
    finally:
        if own is None:
            del module.__dict__["forward"]
        else:
            module.__dict__["forward"] = own
