"""The places of processes that train together: their numbers, and where they meet, as torchrun says it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe_stages.train import ranks
from pitchpipe_stages.train.device import PROCESSOR, gpus, training_device
from pitchpipe_stages.train.launch import Launch

LOOPBACK = "127.0.0.1"
EACH = "each"  # what the first machine says where all meet: how many processes it starts


def launched() -> bool:
    """Whether a launcher has started the processes that train: then they start no others."""
    return "WORLD_SIZE" in os.environ


def here(launch: Launch) -> int:
    """How many processes train on this machine."""
    gpus = _gpus()
    if launch.processes == "auto":
        return max(1, gpus)
    if 0 < gpus < launch.processes:
        raise PitchpipeError(
            f"launch.processes: {launch.processes} processes need as many GPUs, and this machine shows"
            f" {gpus}: ask for fewer, or for `auto`"
        )
    return launch.processes


def every(launch: Launch) -> int:
    """How many processes train together, on all machines."""
    if launched():
        return ranks.size()
    return launch.machines * (here(launch) if launch.processes == "auto" else launch.processes)


def words(launch: Launch) -> str:
    """Who would train together, for people."""
    count = every(launch)
    on = f" on {launch.machines} machines" if launch.machines > 1 else ""
    return ", ".join(filter(None, [f"{count} process{'es' * (count > 1)}{on}", launch.shares]))


def must_have_gpus(launch: Launch) -> None:
    """Stop before the work begins, where the model cannot be shared out."""
    if launch.shares and (device := training_device()).words == PROCESSOR:
        raise PitchpipeError(
            f"launch asks for {launch.shares}, which needs GPUs, and training runs on {device}. --tiny tries"
            " the recipe here; or --set launch.shard=none --set launch.deepspeed=null"
        )


def tell(launch: Launch, console: Console) -> None:
    """Say what of a launch is not done, and what lies idle."""
    asked = [
        f"{n}: {v}" for n, v in (("processes", launch.processes), ("machines", launch.machines)) if v != 1
    ]
    if launched() and asked and ranks.STARTS not in os.environ:
        console.say(
            f"[yellow]launch: {', '.join(asked)}, is left aside:[/] {ranks.size()} processes train, which a"
            " launcher has started"
        )
    elif not launched() and launch.processes == 1 and gpus() > 1:
        console.say(f"[yellow]one of {gpus()} GPUs trains:[/] --processes auto takes all of them")


@contextmanager
def one_of_machines(launch: Launch, machine: int | None) -> Iterator[None]:
    """Where several machines train together, this process is the first of number `machine`."""
    if launch.machines == 1 or launched():
        yield
        return
    _must_be_complete(launch, machine)
    assert machine is not None and launch.port
    each = here(launch)
    place = numbered(machine, launch.machines, each, launch.host, launch.port)
    with variables(place | {ranks.STARTS: str(each)}), ranks.together():
        _must_be_alike(each)
        yield


def numbered(machine: int, machines: int, each: int, host: str, port: int) -> dict[str, str]:
    """The variables of the first process of a machine."""
    return {
        "RANK": str(machine * each),
        "WORLD_SIZE": str(machines * each),
        "LOCAL_RANK": "0",
        "LOCAL_WORLD_SIZE": str(each),
        "MASTER_ADDR": host.strip("[]"),
        "MASTER_PORT": str(port),
    }


@contextmanager
def variables(more: dict[str, str]) -> Iterator[None]:
    """Variables of the environment, as long as this lasts."""
    before = {name: os.environ.get(name) for name in more}
    os.environ |= more
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind((LOOPBACK, 0))
        return int(asked.getsockname()[1])


def _must_be_complete(launch: Launch, machine: int | None) -> None:
    every = f"launch.machines: {launch.machines}"
    if not launch.address:
        raise PitchpipeError(
            f"{every}: --address says where all meet, HOST or HOST:PORT of the first machine"
        )
    if machine is None:
        raise PitchpipeError(
            f"{every}: start the same command on each of them, with --machine-rank 0 on {launch.host}, which"
            f" prepares the data, up to --machine-rank {launch.machines - 1}"
        )
    if not 0 <= machine < launch.machines:
        raise PitchpipeError(
            f"{every}: their --machine-rank is 0 to {launch.machines - 1}, and not {machine}"
        )


def _must_be_alike(each: int) -> None:
    """Numbers of processes follow from a number that all machines have."""
    meeting = ranks.the_meeting()
    if not ranks.joins():
        meeting.say(EACH, str(each))
    elif (first := ranks.waited(EACH)) != str(each):
        raise PitchpipeError(
            f"the first machine starts {first} processes, and this one {each}: give all of them the same"
            " launch.processes"
        )


def _gpus() -> int:
    import torch

    return torch.cuda.device_count()
