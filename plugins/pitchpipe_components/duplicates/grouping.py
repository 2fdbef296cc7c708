"""Groups records of one length by key; it sorts part by part, so memory does not grow with the rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pitchpipe import Block, Related, Sketches

Array = NDArray[Any]
KEY = 16  # bytes of a record's key; equal keys make a group
AT_ONCE = 200_000  # records to sort in memory


def repeated(reason: str, sketches: Sketches, width: int) -> Related:
    """Returns every row whose key an earlier row has, because of the first row with that key."""
    rows, of = [], []
    for numbers, _, first in groups(sketches, width):
        later = first != np.arange(len(first))
        rows.append(numbers[later])
        of.append(numbers[first[later]])
    return related(reason, rows, of)


def related(reason: str, rows: list[Array], of: list[Array]) -> Related:
    """Joins what was found, in the order of the rows."""
    gone = np.concatenate([np.zeros(0, np.int64), *rows])
    kept = np.concatenate([np.zeros(0, np.int64), *of])
    order = np.argsort(gone)
    return Related(reason, gone[order], kept[order])


def groups(
    sketches: Sketches, width: int, at_once: int | None = None
) -> Iterator[tuple[Array, Array, Array]]:
    """Yields rows, their records, and where each row's group begins; groups are whole, their rows in order.

    If there are more rows than `at_once`, they are first dealt out to files by the first bytes of their keys.
    """
    at_once = at_once or AT_ONCE
    if len(sketches) <= at_once:
        parts = [_records(block, width) for block in sketches.blocks()]
        if parts:
            yield _grouped(np.concatenate(parts))
        return
    for file in _dealt(sketches, width, 1 + len(sketches) // at_once):
        yield _grouped(np.fromfile(file, _layout(width)))
        file.unlink()


def _layout(width: int) -> np.dtype[Any]:
    return np.dtype([("row", np.int64), ("key", np.uint64, 2), ("rest", np.uint8, width - KEY)])


def _records(block: Block, width: int) -> Array:
    """Returns the records of the rows that have a sketch."""
    present = np.flatnonzero(np.diff(block.offsets) > 0)
    records = np.empty(len(present), _layout(width))
    data = block.data.reshape(-1, width)
    records["row"] = block.first + present
    records["key"] = np.ascontiguousarray(data[:, :KEY]).view(np.uint64)
    records["rest"] = data[:, KEY:]
    return records


def _dealt(sketches: Sketches, width: int, count: int) -> list[Path]:
    files = [sketches.scratch / f"part-{number}" for number in range(count)]
    opened = [open(file, "wb") for file in files]
    for block in sketches.blocks():
        records = _records(block, width)
        target = records["key"][:, 0] % np.uint64(count)
        order = np.argsort(target, kind="stable")
        ends = np.searchsorted(target[order], np.arange(count), "right")
        for file, part in zip(opened, np.split(records[order], ends[:-1]), strict=True):
            part.tofile(file)
    for file in opened:
        file.close()
    return files


def _grouped(records: Array) -> tuple[Array, Array, Array]:
    order = np.lexsort((records["key"][:, 1], records["key"][:, 0]))  # stable: rows stay in order
    records = records[order]
    keys, begins = records["key"], np.ones(len(records), bool)
    begins[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    first = np.maximum.accumulate(np.where(begins, np.arange(len(records)), 0))
    return records["row"], records["rest"], first
