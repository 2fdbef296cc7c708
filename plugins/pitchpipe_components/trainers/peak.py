"""The most memory that training has held: that of the GPU, or else that of the process."""

import resource
import sys
from contextlib import suppress
from pathlib import Path

import torch

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
PEAK_ALONE = "5"  # what FORGET takes to forget the peak and nothing else: proc(5)


def forget_peak() -> None:
    """Begins anew: what preparing the data and loading the model took is no part of training."""
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
        return
    with suppress(OSError):  # not Linux, or a container that keeps it shut: the peak is the whole process's
        FORGET.write_text(PEAK_ALONE)


def peak() -> int:
    """Bytes."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    try:
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) << 10
    except (OSError, StopIteration):
        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return size if sys.platform == "darwin" else size << 10
