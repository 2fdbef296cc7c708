"""Several processes, one run: the first does everything, the others only join it to train.

Launchers (accelerate launch, torchrun) start the same command in every process and number them in RANK.
"""

import os
import time
from pathlib import Path

SIGN = ".training"  # a file in the run directory


def joins() -> bool:
    """Is this a process that only joins the first one?"""
    return os.environ.get("RANK", "0") != "0"


def size() -> int:
    """The number of processes that train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def _launch() -> str:
    """The same words in all processes of one launch, and others in the next."""
    names = ("MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RUN_ID")
    return " ".join([*(os.environ.get(name, "") for name in names), str(os.getppid())])


def announce(run: Path, begins: bool) -> None:
    """Tell the other processes that it is time to train, and whether there is anything to do."""
    if size() > 1:
        (run / SIGN).write_text(f"{_launch()} {'begins' if begins else 'is done'}")


def wait(run: Path) -> bool:
    """Wait for the first process. False: the model is trained, so there is nothing to join."""
    while True:
        sign = (run / SIGN).read_text() if (run / SIGN).exists() else ""
        if sign.startswith(_launch()):
            return sign.endswith("begins")
        time.sleep(0.2)
