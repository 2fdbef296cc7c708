"""How many tokens a model can remember in the memory that is left."""

import sys
from pathlib import Path
from typing import Any

SHARE = 0.5  # of what is free; the rest is for what a forward pass needs, and for others
MACHINE = Path("/proc/meminfo")
CONTAINER = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")


def room_for(cell: int, device: Any) -> int:
    """Tokens, each of so many bytes."""
    return int(_free(device) * SHARE) // cell if cell else sys.maxsize


def _free(device: Any) -> int:
    import torch

    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    found = [sys.maxsize]
    if MACHINE.is_file():
        lines = dict(line.split(":") for line in MACHINE.read_text().splitlines())
        found.append(int(lines["MemAvailable"].split()[0]) * 1024)
    most, used = CONTAINER
    if most.is_file() and (limit := most.read_text().strip()).isdigit():
        found.append(int(limit) - int(used.read_text()))
    return max(0, min(found))
