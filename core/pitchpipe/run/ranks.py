"""Several processes, one run: the first does everything, the others only join some of its stages.

Launchers (accelerate launch, torchrun) start the same command in every process and number them in RANK.
"""

import os
import time
from pathlib import Path

SIGN = ".joined"  # a file in the run directory


def first() -> bool:
    """Is this the process that prepares, evaluates and writes?"""
    return os.environ.get("RANK", "0") == "0"


def size() -> int:
    """The number of processes that train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def _launch(stage: str) -> str:
    """The same words in all processes of one launch, and others in the next."""
    names = ("MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RUN_ID")
    return " ".join([*(os.environ.get(name, "") for name in names), str(os.getppid()), stage])


def announce(run: Path, stage: str, begins: bool) -> None:
    """Tell the other processes that a stage's turn has come, and whether there is anything to do."""
    if size() > 1:
        (run / SIGN).write_text(f"{_launch(stage)} {'begins' if begins else 'is done'}")


def wait(run: Path, stage: str) -> bool:
    """Wait for the first process. False: the stage is done, so there is nothing to join."""
    while True:
        sign = (run / SIGN).read_text() if (run / SIGN).exists() else ""
        if sign.startswith(_launch(stage)):
            return sign.endswith("begins")
        time.sleep(0.2)
