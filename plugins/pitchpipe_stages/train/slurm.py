"""What srun says of the processes that it starts, in the words of torch: RANK, WORLD_SIZE, MASTER_ADDR."""

import os
import re
from collections.abc import Iterator, Mapping

from pitchpipe.errors import PitchpipeError

LOWEST, PORTS = 20000, 20000  # of jobs; those below are often taken
OF_A_STEP = ("SLURM_STEP_ID", "SLURM_STEPID", "SLURM_STEP_NUM_TASKS")  # which srun alone sets
NODES = ("SLURM_STEP_NODELIST", "SLURM_NODELIST", "SLURM_JOB_NODELIST")
GROUP = re.compile(
    r"([^,\[\]]*)(?:\[([^\]]*)\])?([^,\[\]]*)(?:,|$)"
)  # node[01-03,7]-ib, with what follows it


def numbers(said: Mapping[str, str]) -> dict[str, str]:
    """The variables of a process that srun has started beside others; nothing for any other one."""
    count = int(said.get("SLURM_STEP_NUM_TASKS") or said.get("SLURM_NTASKS") or 1)
    if count == 1 or "SLURM_PROCID" not in said or "WORLD_SIZE" in said:
        return {}
    return {
        "RANK": said["SLURM_PROCID"],
        "WORLD_SIZE": str(count),
        "LOCAL_RANK": said.get("SLURM_LOCALID", "0"),
        "LOCAL_WORLD_SIZE": _of_machine(said, count),
        "MASTER_ADDR": said.get("MASTER_ADDR") or _first_host(said),
        "MASTER_PORT": said.get("MASTER_PORT") or _port(said),
    }


def take_numbers() -> bool:
    """Number this process as srun has. True: a batch script that asks for several tasks looks the same."""
    found = numbers(os.environ)
    os.environ |= found
    return bool(found) and not any(name in os.environ for name in OF_A_STEP)


def hosts(written: str) -> Iterator[str]:
    """The names in a list as Slurm writes it: `node[01-03,7],login` is node01, node02, node03, node7, ..."""
    for before, inside, after in GROUP.findall(written):
        for part in inside.split(",") if inside else [""]:
            first, _, last = part.partition("-")
            for number in range(int(first), int(last) + 1) if last else [part]:
                name = f"{before}{number:0{len(first)}d}{after}" if last else f"{before}{number}{after}"
                if name:
                    yield name


def _first_host(said: Mapping[str, str]) -> str:
    written = next((said[name] for name in NODES if said.get(name)), "")
    if not written:
        raise PitchpipeError(
            f"srun has started this process beside others (SLURM_PROCID), and none of {', '.join(NODES)} says"
            " on which machines. Set MASTER_ADDR to the name of the first one."
        )
    return next(hosts(written))


def _port(said: Mapping[str, str]) -> str:
    """The same in all processes of a step, and most often another one for each step and job."""
    job, step = said.get("SLURM_JOB_ID", "0"), said.get("SLURM_STEP_ID", "0")
    digits = [int(text) if text.isdecimal() else 0 for text in (job, step)]
    return str(LOWEST + (digits[0] * 7 + digits[1]) % PORTS)


def _of_machine(said: Mapping[str, str], count: int) -> str:
    """How many of them are on this machine: the number at this machine's place in `4(x2),3`."""
    written = said.get("SLURM_STEP_TASKS_PER_NODE") or said.get("SLURM_TASKS_PER_NODE") or str(count)
    each = []
    for part in written.split(","):
        number, _, times = part.partition("(x")
        each += [number] * int(times.rstrip(")") or 1)
    place = int(said.get("SLURM_NODEID", "0"))
    return each[place] if place < len(each) else each[0]
