"""What a training that was stopped goes on with: how far it came, and which options may have changed."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.run.keys import KeyParts, parts_of
from pitchpipe_stages.train.sections import TRAINER


@runtime_checkable
class Resumes(Protocol):
    """A trainer that goes on after a kill. It names its options that change no weight, and those that only
    change the steps to come."""

    watching: tuple[str, ...]
    extending: tuple[str, ...]

    def reached(self, checkpoints: Path, /) -> int: ...  # the step of the newest checkpoint, or 0


def trainer_parts(trainer: Use, recipe: Recipe) -> KeyParts:
    """The trainer's part of a key, option by option, without those that change no weight."""
    whole = f"trainer {trainer.label}'s options"
    parts = parts_of(replace(trainer, options={}), recipe)
    parts.pop(whole)
    watching = trainer.bound.watching if isinstance(trainer.bound, Resumes) else ()
    for name, value in trainer.options.items():
        if name not in watching:
            alone = replace(trainer, options={name: value}, inner=())
            parts[_part(trainer.label, name)] = parts_of(alone, recipe)[whole]
    return parts


def reached(recipe: Recipe, checkpoints: Path) -> str:
    """How far a training came, in words."""
    trainer = recipe[TRAINER]
    if trainer is None or not isinstance(trainer.bound, Resumes):
        return ""
    step = trainer.bound.reached(checkpoints)
    return f"step {step}" if step else ""


def goes_on(recipe: Recipe, checkpoints: Path, changed: list[str]) -> tuple[bool, str]:
    """Whether only such options have changed that what was learned so far still counts; and words of it."""
    step, outlived = reached(recipe, checkpoints), set[str]()
    if (trainer := recipe[TRAINER]) and isinstance(trainer.bound, Resumes):
        outlived = {_part(trainer.label, name) for name in trainer.bound.extending}
    if set(changed) <= outlived:
        another = f", with another {', '.join(changed)}" if changed else ""
        return True, (f"from {step}" if step else "from its beginning") + another
    return False, f". Thrown away: all of it up to {step}" if step else ""


def _part(label: str, option: str) -> str:
    return f"trainer {label}'s {option}"
