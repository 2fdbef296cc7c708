"""A training goes on with another number of processes: each takes more batches for a step, or fewer.

So a step takes the same rows as before, and each example is learned once in an epoch, as if nobody had
stopped it. A model that was shared out has checkpoints that only the same kind of sharing reads.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import pitchpipe as pp
from pitchpipe_components.trainers.asked import sharing, size
from pitchpipe_components.trainers.checkpoints import Checkpoints, Seal

if TYPE_CHECKING:
    from pitchpipe_components.trainers.options import Options

FIXED = "DEEPSPEED"  # a checkpoint of which is read by as many processes as wrote it


def shared_out(options: "Options", training: pp.Training) -> "Options":
    """The options with as many batches of each process as make the steps that this training began with."""
    seal, processes = Checkpoints(training.checkpoints).seal(), size()
    if seal is None:
        return options
    _must_be_alike(seal, training)
    accumulate, left = divmod(seal.processes * seal.accumulate, processes)
    if seal.processes != processes and (left or seal.sharing == FIXED):
        raise pp.PitchpipeError(_refused(seal, processes, training))
    if seal.processes != processes:
        training.console.say(
            f"[yellow]{_count(seal.processes)} wrote the last checkpoint, {_count(processes)} will go on:[/]"
            f" accumulate is {accumulate} instead of {seal.accumulate}, so that a step takes the same rows;"
            " random numbers of dropout begin anew"
        )
    return replace(options, accumulate=accumulate)


def _must_be_alike(seal: Seal, training: pp.Training) -> None:
    if seal.sharing != sharing():
        raise pp.PitchpipeError(
            f"the last checkpoint was written {_shared(seal.sharing)}, and training would go on"
            f" {_shared(sharing())}, which cannot read it. Launch it as before, or begin it again:"
            f" rm -r {training.checkpoints}"
        )


def _refused(seal: Seal, processes: int, training: pp.Training) -> str:
    batches = seal.processes * seal.accumulate
    why = f"a step takes {batches} batches ({seal.processes} x accumulate: {seal.accumulate})"
    fitting = [str(count) for count in range(1, batches + 1) if batches % count == 0]
    cure = f"as {_count(seal.processes)}"
    if seal.sharing == FIXED:
        why = "each has written a part of what DeepSpeed shares out"
    elif len(fitting) > 1:
        cure = f"with {', '.join(fitting[:-1])} or {fitting[-1]} processes"
    return (
        f"{_count(seal.processes)} wrote the last checkpoint, {_count(processes)} would go on with it: {why},"
        f" which {_count(processes)} cannot take over. Start it {cure}, or begin it again: rm -r"
        f" {training.checkpoints}"
    )


def _shared(kind: str) -> str:
    return f"with {kind}" if kind else "by processes that hold the whole model"


def _count(processes: int) -> str:
    return f"{processes} processes" if processes > 1 else "one process"
