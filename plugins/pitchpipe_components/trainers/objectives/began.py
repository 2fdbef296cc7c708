"""The model as it began: what it says beside what the model in training says.

Only the weights that are trained are kept twice, whatever they are: an adapter, new or continued, or all. The
model takes its first weights for as long as it is asked, so there is no second model in memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from pitchpipe_components.trainers.weights import local, trained


class Began:
    """The trained weights of a model, as they are when this is made."""

    def __init__(self, model: Any):
        self._weights = trained(model)
        self._first = [local(weight).clone() for weight in self._weights]

    @property
    def bytes(self) -> int:
        """What the copy takes."""
        return sum(one.numel() * one.element_size() for one in self._first)

    @contextmanager
    def again(self) -> Iterator[None]:
        """The model is as it began."""
        with torch.no_grad():
            now = [local(weight).clone() for weight in self._weights]
            self._put(self._first)
            try:
                yield
            finally:
                self._put(now)

    def _put(self, values: list[Any]) -> None:
        for weight, value in zip(self._weights, values, strict=True):
            local(weight).copy_(value)
