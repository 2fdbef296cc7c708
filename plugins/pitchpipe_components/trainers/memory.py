"""Memory of the device that trains: what there is, the most that was in use, errors that say it is full."""

import ctypes
import gc
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

FULL = re.compile(
    r"out of memory|can't allocate memory|not enough memory|Cannot allocate memory", re.IGNORECASE
)
PEAK, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")  # of Linux
LIMITS = (  # of a container: the most that it may use, and what it uses
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


def is_full(error: BaseException) -> bool:
    """Whether an error, or one that it came from, says that memory has ended."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    if isinstance(error, RuntimeError) and FULL.search(str(error)):
        return True
    before = error.__cause__ or error.__context__
    return before is not None and is_full(before)


class Meter:
    """Measures the memory of a device from now on: of a GPU what torch holds, else what the process holds."""

    def __init__(self, device: torch.device):
        self.gpu = device.type == "cuda"
        release()
        self.free = _free_on_gpu() if self.gpu else _free()
        if self.gpu:
            torch.cuda.reset_peak_memory_stats()
        else:
            _forget_peak()
        self.before = torch.cuda.memory_allocated() if self.gpu else _resident("VmRSS")

    def more(self) -> int:
        """The most bytes that were in use at once, beyond those at the beginning."""
        return max(0, self.peak() - self.before)

    def peak(self) -> int:
        """The most bytes that were in use at once."""
        return torch.cuda.max_memory_allocated() if self.gpu else _resident("VmHWM")


def bytes_of(tensors: Any) -> int:
    """The bytes of tensors, each storage once: tied weights share one."""
    found = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors if t is not None}
    return sum(found.values())


def release() -> None:
    """Let go of what nobody uses."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif sys.platform == "linux":  # what was freed would else count as in use
        with suppress(OSError, AttributeError):  # another libc
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def size(count: float) -> str:
    """Bytes in words: "1.2 GiB"."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.1f} {unit}" if unit == "GiB" else f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def _free_on_gpu() -> int:
    """What is free, and what torch keeps for later."""
    free, _ = torch.cuda.mem_get_info()
    return free + torch.cuda.memory_reserved() - torch.cuda.memory_allocated()


def _free() -> int:
    """What the machine, and a container around the process, have left."""
    found = [_kibibytes(Path("/proc/meminfo"), "MemAvailable")]
    for most, used in LIMITS:
        if most.is_file() and (limit := most.read_text().strip()).isdigit():
            found.append(int(limit) - int(used.read_text()))
    return max(0, min(number for number in found if number is not None)) if found[0] is not None else 1 << 62


def _resident(name: str) -> int:
    """What the process holds (VmRSS), or held at most (VmHWM)."""
    if (number := _kibibytes(PEAK, name)) is not None:
        return number
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _forget_peak() -> None:
    try:
        RESET.write_text("5")
    except OSError:  # then the peak is the one since the process began
        return


def _kibibytes(file: Path, name: str) -> int | None:
    if not file.is_file():
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB", file.read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else None
