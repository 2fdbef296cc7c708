"""Several processes, one run: the first does everything, the others only join it to train.

Launchers (accelerate launch, torchrun) start the same command in every process and number them in RANK.
"""

import os
import time
from pathlib import Path

SIGN = ".training"


def first() -> bool:
    """Is this the process that prepares, evaluates and writes?"""
    return os.environ.get("RANK", "0") == "0"


def size() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def _launch() -> str:
    """The same words in all processes of one launch, and others in the next."""
    names = ("MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RUN_ID")
    return " ".join([*(os.environ.get(name, "") for name in names), str(os.getppid())])


def announce(run: Path, train: bool) -> None:
    """Tell the others, where there are any, that data is prepared; and whether there is anything to train."""
    if size() > 1:
        (run / SIGN).write_text(f"{_launch()} {'train' if train else 'leave'}")


def wait(run: Path) -> bool:
    """Wait for the first process. False: it trains nothing, so there is nothing to join."""
    while True:
        said = (run / SIGN).read_text() if (run / SIGN).exists() else ""
        if said.startswith(_launch()):
            return said.endswith("train")
        time.sleep(0.2)
