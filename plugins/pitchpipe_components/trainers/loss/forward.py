"""Lets the forward pass of a causal language model return the losses of learned tokens instead of logits.

The model's own code runs, whatever it does around its layers; only its output layer is replaced meanwhile.
So adapters, gradient checkpointing and DistributedDataParallel work as ever: they call the model as always.
"""

from dataclasses import dataclass
from functools import wraps
from types import MethodType
from typing import Any, cast

import torch
from torch import Tensor
from transformers.utils import ModelOutput

import pitchpipe as pp
from pitchpipe_components.trainers.loss.chunked import Finish, losses
from pitchpipe_components.trainers.loss.layer import NoShortcut, inner, read, replaced


@dataclass(frozen=True)
class Wanted:
    """What the forward pass is asked for: the losses at `places`, of a batch with rows of `width` tokens."""

    places: Tensor  # of the flattened batch: after these a token is learned
    width: int
    finish: Finish
    smoothing: float = 0.0
    apart: bool = False  # each loss has a gradient of its own, not their sum


@dataclass
class Learned(ModelOutput):
    """The sum of the losses and each of them, one of which has a gradient; what routers of experts add."""

    loss: Tensor = None  # type: ignore[assignment]  # a ModelOutput has at most one field without a default
    each: Tensor = None  # type: ignore[assignment]
    aux_loss: Tensor | None = None


def install(model: Any) -> dict[str, Any]:
    """`model(..., labels=labels, wanted=Wanted(...))` returns `Learned`; without `wanted` nothing changes.

    Returns what is known of the model, which is nothing at first, and lasts as long as the model.
    """
    base = inner(model)
    native = base.forward
    if hasattr(native, "known"):  # it is installed, whatever may be wrapped around it
        return cast(dict[str, Any], native.known)

    @wraps(type(base).forward)
    def forward(self: Any, *args: Any, wanted: Wanted | None = None, **kwargs: Any) -> Any:
        return native(*args, **kwargs) if wanted is None else _learned(self, native, wanted, args, kwargs)

    forward.known = {}  # type: ignore[attr-defined]
    base.forward = MethodType(forward, base)
    return cast(dict[str, Any], base.forward.known)


def _learned(
    base: Any, native: Any, wanted: Wanted, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Learned:
    labels, found = kwargs.pop("labels"), list[tuple[Tensor, Tensor]]()
    shift = 0 if base.config.is_encoder_decoder else 1
    if shift == 0 and kwargs.get("decoder_input_ids") is None:  # PEFT passes on that there are none
        kwargs["decoder_input_ids"] = base.prepare_decoder_input_ids_from_labels(labels=labels)
    places = wanted.places if labels.shape[1] == wanted.width else learned_places(labels, shift)

    def catch(hidden: Tensor, *_: Any, **__: Any) -> Tensor:
        targets = labels.flatten()[places + shift].to(hidden.device)
        at_places = hidden.flatten(0, 1).index_select(0, places.to(hidden.device))
        found.append(losses(at_places, targets, read(base), wanted.finish, wanted.smoothing, wanted.apart))
        return hidden.new_zeros(*hidden.shape[:2], 1)  # in the place of logits; nobody looks at it

    with replaced(base.get_output_embeddings(), catch):
        outputs = native(*args, **kwargs)
    if len(found) != 1:
        raise NoShortcut(f"its forward pass calls its output layer {len(found)} times")
    return Learned(*found[0], getattr(outputs, "aux_loss", None))


def learned_places(labels: Tensor, shift: int) -> Tensor:
    """The flattened places whose next token (`shift` 1), or own one (0), is learned."""
    learned = labels != pp.IGNORED
    if shift:
        learned = torch.cat([learned[:, 1:], torch.zeros_like(learned[:, :1])], dim=1)
    return learned.flatten().nonzero()[:, 0]
