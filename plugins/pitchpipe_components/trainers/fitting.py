"""Finds what fits into memory, by rehearsals: activations are recomputed only where that is needed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import pitchpipe as pp
from pitchpipe_components.trainers.asked import size as processes
from pitchpipe_components.trainers.memory import is_full, release, size
from pitchpipe_components.trainers.rehearsal import Rehearsed, rehearse

if TYPE_CHECKING:
    from pitchpipe_components.trainers.options import Options

MORE = "A smaller length of the collator, quantize: nf4 of the model and a smaller model help."
RECOMPUTED = "gradient_checkpointing: true"


@dataclass(frozen=True)
class Fit:
    """Options that fit, and the rehearsal that has shown it."""

    options: "Options"
    shown: Rehearsed
    by_need: bool = False  # activations are recomputed, since memory ended without


def fitted(options: "Options", training: pp.Training) -> Fit:
    """The options as they are, or with activations recomputed where that is left open. Stop if none fits."""
    for one in _by_need(options):
        if shown := _tried(one, training):
            return Fit(one, shown, bool(one.gradient_checkpointing) and one is not options)
    say_what_fits(options, training)


def can_rehearse(learner: Any) -> bool:
    """Weights that are shared out among processes come together only in the training itself."""
    return learner.accelerator.distributed_type.value in ("NO", "MULTI_CPU", "MULTI_GPU")


def say_what_fits(options: "Options", training: pp.Training) -> NoReturn:
    """Stop with the lines that a recipe needs, which were tried."""
    few = f"memory ends: training does not fit into it with batch_size: {options.batch_size}"
    if processes() > 1:  # one of them alone cannot try
        raise pp.PitchpipeError(
            f"{few}. Let trainer {options.name} have a smaller one, or {RECOMPUTED}. {MORE}"
        )
    for one in _smaller(options):
        if shown := _tried(one, training):
            raise pp.PitchpipeError(
                f"{few}.\nThis fits and learns the same, tried on the largest batch ({size(shown.peak)} of"
                f" {size(shown.room)}):\n  {_line(options, one)}"
            )
    raise pp.PitchpipeError(f"{few}, nor with batch_size: 1 and {RECOMPUTED}. {MORE}")


def _tried(options: "Options", training: pp.Training) -> Rehearsed | None:
    """Nothing where memory ended. What the error holds is gone when this returns."""
    try:
        return rehearse(options, training)
    except Exception as error:
        if not is_full(error):
            raise
    release()  # what the error held
    return None


def _by_need(options: "Options") -> Iterator["Options"]:
    yield options
    if options.gradient_checkpointing is None and processes() == 1:  # else all would have to agree
        yield replace(options, gradient_checkpointing=True)


def _smaller(options: "Options") -> Iterator["Options"]:
    """Smaller batches and as many more for a step, the largest first; then the same with less to keep."""
    whole, given = options.batch_size * options.accumulate, options.gradient_checkpointing
    sizes = [number for number in range(options.batch_size, 0, -1) if whole % number == 0]
    for recomputed in (True,) if given else (False, True):
        for number in sizes:
            if number < options.batch_size or (given is False and recomputed):
                yield replace(
                    options,
                    batch_size=number,
                    accumulate=whole // number,
                    gradient_checkpointing=recomputed,
                )


def _line(options: "Options", one: "Options") -> str:
    words = [f"batch_size: {one.batch_size}", f"accumulate: {one.accumulate}"]
    if one.gradient_checkpointing and not options.gradient_checkpointing:
        words.append(RECOMPUTED)
    return f"{options.name}: {{{', '.join(words)}}}"
