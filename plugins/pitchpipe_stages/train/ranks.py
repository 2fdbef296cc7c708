"""Several processes, one run: the first does everything, the others only join it to train.

Launchers (accelerate launch, torchrun) start the same command in every process, number them in RANK, and
say in MASTER_ADDR and MASTER_PORT where all of them meet. They meet there at once, long before they train:
whoever is missing is named, and where one ends with an error the others end too.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.train import launchers
from pitchpipe_stages.train.meeting import Meeting

TRAINING, HERE = "training", "here"  # what is said where processes meet


def joins() -> bool:
    """Is this a process that only joins the first one?"""
    return _rank() != 0


def size() -> int:
    """The number of processes that train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def together() -> Iterator[None]:
    """One process of a launch, from its beginning to its end; where it fails, the others fail too."""
    launchers.must_be_one_launch()
    if size() == 1:
        yield
        return
    meeting = _meeting()
    meeting.say(f"{HERE} {_rank()}", "yes")
    try:
        if joins():
            meeting.watch()
        yield
    except BaseException as error:
        meeting.fail(error)
        raise
    finally:
        meeting.leave()


def announce(begins: bool) -> None:
    """Tell the other processes that it is time to train, and whether there is anything to do."""
    if size() == 1:
        return
    meeting = _meeting()
    if begins:
        _all_here(meeting)
    meeting.say(TRAINING, "begins" if begins else "is done")
    meeting.watch()


def wait(run: Path) -> bool:
    """Wait for the first process. False: the model is trained, so there is nothing to join."""
    while (said := _meeting().heard(TRAINING)) is None:
        time.sleep(0.2)
    if said == "begins" and not (run / "prepared").is_dir():
        raise PitchpipeError(
            f"process {_rank()} of {size()} sees no {run / 'prepared'}, which the first process has written:"
            " the folder of all runs (--runs) must be one that all machines share"
        )
    return said == "begins"


def _all_here(meeting: Meeting) -> None:
    """All have the same to do until here: to start."""
    until = time.monotonic() + Meeting.PATIENCE
    while missing := [rank for rank in range(1, size()) if meeting.heard(f"{HERE} {rank}") is None]:
        if time.monotonic() > until:
            ranks = ", ".join(map(str, missing))
            raise PitchpipeError(
                f"WORLD_SIZE is {size()}, and after {Meeting.PATIENCE} seconds of waiting nobody has come"
                f" with RANK {ranks}. Start the command in every process of the launch."
            )
        time.sleep(0.2)


@cache
def _meeting() -> Meeting:
    return Meeting(_rank(), size())


def _rank() -> int:
    return int(os.environ.get("RANK", "0"))
