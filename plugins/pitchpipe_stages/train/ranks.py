"""Several processes, one run: the first does everything, the others only join it to train.

Launchers (accelerate launch, torchrun, srun) start the same command in every process, number them in RANK,
and say in MASTER_ADDR and MASTER_PORT where all of them meet. They meet there at once, long before they
train: whoever is missing is named, and where one ends with an error the others end too. So do the first
processes of several machines, each of which starts the others of its machine when it trains (crew.py).
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.train import launchers, slurm
from pitchpipe_stages.train.meeting import Meeting

HERE = "here"  # what is said where processes meet
STARTS = "PITCHPIPE_STARTS"  # of the first process of a machine: as many as train there, itself included


def joins() -> bool:
    """Is this a process that only joins the first one?"""
    return rank() != 0


def rank() -> int:
    """The number of this process, from 0."""
    return int(os.environ.get("RANK", "0"))


def size() -> int:
    """The number of processes that train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def together() -> Iterator[None]:
    """One process of a launch, from its beginning to its end; where it fails, the others fail too."""
    unsure = slurm.take_numbers()
    launchers.must_be_one_launch()
    if size() == 1:
        yield
        return
    meeting = the_meeting()
    meeting.say(f"{HERE} {rank()}", "yes")
    try:
        if joins():
            meeting.watch()
        elif unsure:
            _all_here(meeting)
        yield
    except BaseException as error:
        meeting.fail(error)
        raise
    finally:
        meeting.leave()
        the_meeting.cache_clear()


def announce(begins: bool) -> None:
    """Tell the other processes that it is time to train, and whether there is anything to do."""
    if size() == 1:
        return
    meeting = the_meeting()
    if begins:
        _all_here(meeting)
    meeting.say(meeting.next_training(), "begins" if begins else "is done")
    meeting.watch()


def wait(run: Path) -> bool:
    """Wait for the first process. False: the model is trained, so there is nothing to join."""
    said = waited(the_meeting().next_training())
    if said == "begins" and not (run / "prepared").is_dir():
        raise PitchpipeError(
            f"process {rank()} of {size()} sees no {run / 'prepared'}, which the first process has written:"
            " the folder of all runs (--runs) must be one that all machines share"
        )
    return said == "begins"


def waited(key: str) -> str:
    """What somebody says, as soon as somebody does."""
    while (said := the_meeting().heard(key)) is None:
        time.sleep(0.2)
    return said


@contextmanager
def own_meeting() -> Iterator[Meeting]:
    """The meeting of processes that this one starts; who fails is told by `crew`."""
    try:
        yield (meeting := the_meeting())
    finally:
        meeting.leave()
        the_meeting.cache_clear()


def _all_here(meeting: Meeting) -> None:
    """All have the same to do until here: to start."""
    until = time.monotonic() + Meeting.PATIENCE
    each = int(os.environ.get(STARTS, "1"))
    while missing := [one for one in range(each, size(), each) if meeting.heard(f"{HERE} {one}") is None]:
        if time.monotonic() > until:
            raise PitchpipeError(_missing(missing, each))
        time.sleep(0.2)


def _missing(ranks: list[int], each: int) -> str:
    """Who has not come, and the cure. Machines are named by theirs where each has so many processes."""
    waited = f"after {Meeting.PATIENCE} seconds of waiting nobody has come"
    if STARTS in os.environ:
        machines = ", ".join(str(one // each) for one in ranks)
        return (
            f"{size() // each} machines were asked for (launch.machines), and {waited} from number"
            f" {machines}. Start the same command on each machine, with its own --machine-rank."
        )
    cure = "Start the command in every process of the launch."
    if "SLURM_PROCID" in os.environ:
        cure = "In a batch script, start it with srun: `srun pitchpipe run RECIPE`."
    return f"WORLD_SIZE is {size()}, and {waited} with RANK {', '.join(map(str, ranks))}. {cure}"


@cache
def the_meeting() -> Meeting:
    """Where the processes of this launch meet."""
    return Meeting(rank(), size())
