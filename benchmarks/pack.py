"""Packing: a million lengths, seconds an epoch and how full rows are, beside TRL.   python benchmarks/pack.py

Lengths are lognormal, as those of chats are. Ours is an epoch's rows, shuffled: which documents lie in which.
TRL packs an Arrow table of documents of these lengths, as its trainer does once for all epochs: each 1,000 by
themselves; and, beside that, all at once. Ours is checked: each document once, no row over its length.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from pitchpipe_components.collators.packing import best_fit


def lengths(count: int, capacity: int) -> "np.ndarray[Any, np.dtype[np.int64]]":
    drawn = np.random.default_rng(0).lognormal(5.3, 0.9, count).astype(np.int64)
    return np.clip(drawn, 8, capacity)


def timed(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    """The middle one of some runs, in seconds."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - began)
    return sorted(seconds)[len(seconds) // 2], result


def ours(sizes: Any, capacity: int, times: int) -> tuple[float, float]:
    seconds, rows = timed(lambda: best_fit(sizes, capacity, 0, 1), times)
    assert np.array_equal(np.sort(rows.order), np.arange(len(sizes)))
    filled = np.add.reduceat(sizes[rows.order], rows.starts[:-1])
    assert filled.max() <= capacity
    return seconds, sizes.sum() / (len(rows) * capacity)


def trl(sizes: Any, capacity: int, batch: int | None) -> tuple[float, float]:
    """TRL's best-fit decreasing; documents are spans of zeros, and what it makes of them are rows."""
    from datasets import Dataset, disable_progress_bars
    from trl.data_utils import pack_dataset

    disable_progress_bars()
    table = Dataset.from_dict({"input_ids": [[0] * size for size in sizes.tolist()]})
    kwargs = {"batch_size": batch or len(sizes), "keep_in_memory": True}
    seconds, packed = timed(lambda: pack_dataset(table, capacity, strategy="bfd", map_kwargs=kwargs), 1)
    return seconds, sizes.sum() / (len(packed) * capacity)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--capacity", type=int, default=2048)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--peer-count", type=int, default=100_000, help="how many of them TRL packs; 0: none")
    asked = parser.parse_args()
    sizes = lengths(asked.count, asked.capacity)
    results = [("pitchpipe", asked.count, *ours(sizes, asked.capacity, asked.times))]
    if asked.peer_count:
        fewer = sizes[: asked.peer_count]
        results += [
            ("pitchpipe", len(fewer), *ours(fewer, asked.capacity, asked.times)),
            ("TRL, as its trainer does", len(fewer), *trl(fewer, asked.capacity, 1000)),
            ("TRL, all at once", len(fewer), *trl(fewer, asked.capacity, None)),
        ]
    for name, count, seconds, full in results:
        print(f"{name:26} {count:9,} documents  {seconds:8.3f} s  efficiency {full:.5f}")


if __name__ == "__main__":
    main()
