"""What a model remembers of the rows of a batch: keys and values, written in place, in blocks that grow.

All rows end at the same column, and each begins where its length says; what is left of it is never seen.
A forward pass counts once it is done: until then the next one writes over it.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import (
    DynamicLayer,
    DynamicSlidingWindowLayer,
    LinearAttentionAndFullAttentionLayer,
    LinearAttentionAndSlidingWindowAttentionLayer,
    LinearAttentionLayer,
)

SPARE = 64  # columns that are made at least when there are too few


class RowsLayer(DynamicLayer):
    """The keys and values of one layer: all of them, even where the model looks less far."""

    def __init__(self, cache: "RowsCache"):
        super().__init__()
        self.cache = cache

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        start, end = self.cache.start, self.cache.end
        if self.keys is None or self.values is None:
            self.keys, self.values = self._made(key_states), self._made(value_states)
            self.is_initialized = True
        new, count = end + key_states.shape[2], len(key_states)
        self.keys[:count, :, end:new], self.values[:count, :, end:new] = key_states, value_states
        return self.keys[:count, :, start:new], self.values[:count, :, start:new]

    def _made(self, like: Tensor) -> Tensor:
        rows, columns = self.cache.size
        return like.new_zeros(rows, like.shape[1], columns, like.shape[3])

    def get_seq_length(self) -> int:
        return self.cache.end - self.cache.start

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.get_seq_length() + query_length, 0


class RowsAndStatesLayer(LinearAttentionLayer, RowsLayer):  # type: ignore[misc,override]
    """A layer that remembers both: keys and values, and a state."""

    def __init__(self, cache: "RowsCache", number_of_states: int):
        RowsLayer.__init__(self, cache)
        LinearAttentionLayer.__init__(self, number_of_states)


class RowsCache(DynamicCache):
    """The layers of a batch. `firsts` are the columns at which its rows begin."""

    def __init__(self, config: Any, lengths: Sequence[int]):
        super().__init__(config=config)
        self.layers = [self._ours(layer) for layer in self.layers]
        width = max(lengths)
        self.firsts = [width - length for length in lengths]
        self.start = self.end = 0  # of the columns that are read
        self.size = len(lengths), width + SPARE

    def _ours(self, layer: Any) -> Any:
        if type(layer) in (DynamicLayer, DynamicSlidingWindowLayer):
            return RowsLayer(self)
        if type(layer) in (
            LinearAttentionAndFullAttentionLayer,
            LinearAttentionAndSlidingWindowAttentionLayer,
        ):
            return RowsAndStatesLayer(self, layer.number_of_states)
        return layer

    @property
    def states(self) -> bool:
        """Whether a layer keeps what it has read as a state, of which nothing can be taken back."""
        return any(isinstance(layer, LinearAttentionLayer) for layer in self.layers)

    @property
    def cells(self) -> int:
        """Rows times columns, the empty ones too: what they cost."""
        return self.size[0] * self.size[1]

    @property
    def cell(self) -> int:
        """Bytes of a row's column."""
        return sum(one.shape[1] * one.shape[3] * one.element_size() for one in self._tensors())

    def pack(self) -> None:
        """Gives back what is spare."""
        self._move(len(self.firsts), 0, self.end - self.start)

    def seen(self, columns: int, device: Any) -> tuple[Tensor, Tensor]:
        """The mask and the positions for some more columns."""
        firsts = torch.tensor(self.firsts, device=device)[:, None]
        places = torch.arange(self.start, self.end + columns, device=device)[None]
        positions = (places[:, -columns:] - firsts).clamp(min=0)
        return (places >= firsts).long(), positions

    def reserve(self, columns: int) -> None:
        """Makes room for some more columns."""
        if self.end + columns > self.size[1]:
            rows = min(self.size[0], _whole(len(self.firsts)))
            self._move(rows, 0, self.end - self.start + columns)

    def keep(self, numbers: list[int]) -> list[int]:
        """Forgets all rows but these; the last ones take the places of those that left. The new order."""
        count = len(numbers)
        gone = sorted(set(range(count)) - set(numbers))
        movers = [number for number in numbers if number >= count]
        order = list(range(count))
        for hole, mover in zip(gone, movers, strict=True):
            order[hole] = mover
            for values in self._tensors():
                values[hole, :, self.start : self.end] = values[mover, :, self.start : self.end]
        for states, at in self._states():
            states[at] = states[at][order]
        self.firsts = [self.firsts[number] for number in order]
        self.start = min(self.firsts)
        return order

    def take(self, other: "RowsCache") -> None:
        """Puts the rows of another below its own."""
        count, new = len(self.firsts), len(other.firsts)
        width, its = self.end - self.start, other.end - other.start
        if count + new > self.size[0] or its > self.end:
            self._move(_whole(count + new), max(0, its - width), max(width, its) + 1)
        start = min(self.start, self.end - its)
        for ours, theirs in zip(self._tensors(), other._tensors(), strict=True):
            # What was there may be NaN, and 0 times NaN is NaN.
            ours[:count, :, start : self.start] = 0
            ours[count : count + new, :, start : self.end - its] = 0
            ours[count : count + new, :, self.end - its : self.end] = theirs[:new, :, other.start : other.end]
        for (states, at), (new_states, _) in zip(self._states(), other._states(), strict=True):
            states[at] = torch.cat([states[at], new_states[at]])
        shift = self.end - other.end
        self.firsts += [first + shift for first in other.firsts]
        self.start = start

    def _move(self, rows: int, gap: int, columns: int) -> None:
        """All into new blocks: with a gap before what is there, and more room behind."""
        size = rows, columns + max(SPARE, columns // 4)
        count, width = len(self.firsts), self.end - self.start
        for layer in self._made():
            for name in ("keys", "values"):
                old = getattr(layer, name)
                new = old.new_zeros(rows, old.shape[1], size[1], old.shape[3])
                new[:count, :, gap : gap + width] = old[:count, :, self.start : self.end]
                setattr(layer, name, new)
        shift = gap - self.start
        self.firsts = [first + shift for first in self.firsts]
        self.start, self.end, self.size = self.start + shift, self.end + shift, size

    def _made(self) -> list[Any]:
        return [layer for layer in self.layers if isinstance(layer, RowsLayer) and layer.is_initialized]

    def _tensors(self) -> list[Tensor]:
        return [values for layer in self._made() for values in (layer.keys, layer.values)]

    def _states(self) -> list[tuple[dict[int, Any], int]]:
        """Each state, with where it is kept."""
        layers = [layer for layer in self.layers if isinstance(layer, LinearAttentionLayer)]
        kept = [states for layer in layers for states in (layer.conv_states, layer.recurrent_states)]
        return [(states, at) for states in kept for at, state in states.items() if state is not None]


def _whole(rows: int) -> int:
    """So many, or a few more, so that not each that joins moves all the others."""
    return -(-rows // 4) * 4
