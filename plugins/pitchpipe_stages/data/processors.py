"""How many processors there are for preparing data."""

import os
from contextlib import suppress
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")  # of a container: microseconds of work, and in how many


def available(quota: Path = QUOTA) -> int:
    """The number of processors that this process may use."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:
        count = os.cpu_count() or 1
    with suppress(OSError, ValueError):  # no such file, or no quota: "max 100000"
        work, period = map(int, quota.read_text().split())
        count = min(count, max(1, round(work / period)))
    return count
