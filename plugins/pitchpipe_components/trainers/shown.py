"""A rehearsal in words: a line or two for a run, a table for the doctor, a note for run.json."""

from math import isfinite

import pitchpipe as pp
from pitchpipe_components.trainers.fitting import Fit
from pitchpipe_components.trainers.memory import size
from pitchpipe_components.trainers.rehearsal import Rehearsed

NEAR = (0.95, 1.1)  # times the loss of guessing; a model that is sure of other words may have a higher one
LONG = 1800  # seconds of training that are told before it begins


def tell(fitted: Fit, training: pp.Training) -> None:
    """The lines that a run shows before its first step."""
    shown, console = fitted.shown, training.console
    written = f"; a checkpoint of {size(shown.checkpoint)}" if shown.written else ""
    console.say(
        f"[dim]rehearsed: {_learns(shown)}; the largest batch, {shown.tokens:,} tokens, with"
        f" {size(shown.peak)} of {size(shown.room)}{written}[/]"
    )
    if fitted.options.gradient_checkpointing and fitted.by_need:
        console.say("[yellow]activations are recomputed[/] (gradient_checkpointing): else memory would end")
    for words in filter(None, (shown.warning, guesses(shown))):
        console.say(f"[yellow]warning:[/] {words}")
    if (seconds := _seconds(fitted, training)) > LONG:
        console.say(f"about {_hours(seconds)} of training")


def facts(fitted: Fit, training: pp.Training) -> dict[str, str]:
    """All that a rehearsal has shown, for the doctor."""
    shown = fitted.shown
    told = {
        "loss of the first batch": f"{shown.loss:.3f}{_guessing(shown)}",
        "gradients": _learns(shown),
        "memory, estimated": str(shown.estimate),
        "memory, rehearsed": f"{size(shown.peak)} of {size(shown.room)}, with the largest batch of"
        f" {shown.tokens:,} tokens",
        "activations": "recomputed" if fitted.options.gradient_checkpointing else "kept",
        "checkpoint": f"{size(shown.checkpoint)}, {'written' if shown.written else 'there is room for it'}",
        "time": f"about {_hours(_seconds(fitted, training))} of training",
    }
    warnings = [words for words in (shown.warning, guesses(shown)) if words]
    return told | ({"warning": "; ".join(warnings)} if warnings else {})


def in_short(fitted: Fit) -> dict[str, str]:
    """What run.json keeps."""
    shown = fitted.shown
    return {"memory": size(shown.peak), "memory_estimated": size(shown.estimate.total)}


def guesses(shown: Rehearsed) -> str:
    """A warning where the model knows no more of the replies than chance."""
    least, most = (times * shown.guessing for times in NEAR)
    if not least < shown.loss < most:
        return ""
    return (
        f"the loss of the first batch is {shown.loss:.2f}, as of one who guesses ({shown.guessing:.2f}): are"
        " these the model's own weights, and its own tokenizer?"
    )


def _guessing(shown: Rehearsed) -> str:
    return f" (guessing: {shown.guessing:.2f})" if isfinite(shown.guessing) else ""


def _learns(shown: Rehearsed) -> str:
    found = shown.gradients
    part = "" if not found.dead else f" of {len(found.alive | found.dead)}"
    return f"gradients reach {len(found.alive)}{part} trained modules, finite in all {found.trained} weights"


def _seconds(fitted: Fit, training: pp.Training) -> float:
    options, tokens = fitted.options, int(training.train.lengths().sum())
    if options.max_steps:
        share = options.max_steps * options.batch_size * options.accumulate / max(1, len(training.train))
        return fitted.shown.seconds * tokens * share
    return fitted.shown.seconds * tokens * options.epochs


def _hours(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds" if seconds >= 2 else "a second"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
