"""How many of torch's threads are worth it: on busy cores more of them may be many times slower than one."""

import os
import time
from collections.abc import Callable
from statistics import median

SECONDS = 0.2  # for each number that is tried
WORTH = 0.8  # of the time that fewer take


def best(step: Callable[[], object]) -> int:
    """The number of threads by which a step is quickest, and which is set: few where it makes no odds."""
    import torch

    most = torch.get_num_threads()
    if hasattr(os, "sched_getaffinity"):
        most = min(most, len(os.sched_getaffinity(0)))
    chosen, least = 1, float("inf")
    for count in sorted({1, most // 2, most} - {0}):
        torch.set_num_threads(count)
        step()
        taken = _taken(step)
        if taken < WORTH * least:
            chosen, least = count, taken
    torch.set_num_threads(chosen)
    return chosen


def _taken(step: Callable[[], object]) -> float:
    """Seconds of a step: the median of some."""
    found, end = list[float](), time.perf_counter() + SECONDS
    while not found or (len(found) < 5 and time.perf_counter() < end):
        began = time.perf_counter()
        step()
        found.append(time.perf_counter() - began)
    return median(found)
