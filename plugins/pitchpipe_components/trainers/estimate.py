"""What training needs of the device's memory: weights, gradients, the optimizer's numbers, activations."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import torch

from pitchpipe_components.trainers.memory import bytes_of, size
from pitchpipe_components.trainers.weights import trained


class Kept:
    """Counts what a pass through the model keeps for its way back: activations, and what the loss keeps."""

    def __init__(self, model: Any):
        weights = chain(model.parameters(), model.buffers())
        self._weights = {tensor.untyped_storage().data_ptr() for tensor in weights}
        head = model.get_output_embeddings() or model.get_input_embeddings()
        self._vocabulary = len(next(head.parameters()))
        self._found: dict[int, tuple[int, bool]] = {}

    @contextmanager
    def counted(self) -> Iterator[None]:
        with torch.autograd.graph.saved_tensors_hooks(self._count, lambda tensor: tensor):
            yield

    @property
    def activations(self) -> int:
        return sum(count for count, of_loss in self._found.values() if not of_loss)

    @property
    def logits(self) -> int:
        return sum(count for count, of_loss in self._found.values() if of_loss)

    def _count(self, tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self._weights:
            of_loss = tensor.ndim > 0 and tensor.shape[-1] == self._vocabulary
            self._found[storage.data_ptr()] = storage.nbytes(), of_loss
        return tensor.detach()  # the tensor itself would hold its graph for good where no way back follows


@dataclass(frozen=True)
class Estimate:
    """Bytes, for the largest batch of training."""

    weights: int
    gradients: int
    optimizer: int
    activations: int
    logits: int  # kept, and their gradients

    @classmethod
    def of(cls, model: Any, optimizer: Any, kept: Kept, grows: float) -> "Estimate":
        """From what a batch keeps, of which the largest one has so many times the tokens."""
        return cls(
            weights=bytes_of(_weights(model)),
            gradients=sum(p.numel() * p.element_size() for p in trained(model)),
            optimizer=bytes_of(_tensors(optimizer.state)),
            activations=round(kept.activations * grows),
            logits=round(2 * kept.logits * grows),
        )

    @property
    def more(self) -> int:
        """Beyond the weights, which are there already."""
        return self.total - self.weights

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer + self.activations + self.logits

    def __str__(self) -> str:
        parts = {
            "weights": self.weights,
            "gradients": self.gradients,
            "optimizer": self.optimizer,
            "activations": self.activations,
            "logits": self.logits,
        }
        named = ", ".join(f"{name} {size(count)}" for name, count in parts.items() if count)
        return f"{size(self.total)}: {named}"


def _weights(model: Any) -> Iterator[Any]:
    """Those that are quantised have tables beside them."""
    for weight in chain(model.parameters(), model.buffers()):
        yield weight
        if state := getattr(weight, "quant_state", None):
            yield from _tensors(vars(state))


def _tensors(holder: Any) -> Iterator[Any]:
    """All tensors in nested holders."""
    if isinstance(holder, torch.Tensor):
        yield holder
    elif isinstance(holder, dict):
        for value in holder.values():
            yield from _tensors(value)
    elif isinstance(holder, list | tuple):
        for value in holder:
            yield from _tensors(value)
    elif hasattr(holder, "absmax"):  # bitsandbytes' state of the state, with double quantisation
        yield from _tensors(vars(holder))
