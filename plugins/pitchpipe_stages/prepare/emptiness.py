"""Stops where nothing is kept, or where a later stage would have nothing to do, and says what happened."""

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.data.ledger import Counts
from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_stages.held_out import ask_held_out
from pitchpipe_stages.prepare.result import Prepared
from pitchpipe_stages.prepare.sections import SPLIT


def stop_if_empty(recipe: Recipe, result: Prepared, ledger: str) -> None:
    """`ledger` is the file that holds each row's reason."""
    if LOADERS not in recipe:  # evaluators bring the questions
        return
    every = sum(map(Counts.of, result.rows.values()), start=Counts())
    if not every.read:
        names = ", ".join(f"'{name}'" for name in result.rows)
        left_out = f"; `sample` passed over {every.passed_over:,}" if every.passed_over else ""
        raise PitchpipeError(
            f"no row was read from {names}{left_out}. `pitchpipe sniff FILE` shows what a file holds."
        )
    if not any(side.conversations for side in result.splits.values()):
        raise PitchpipeError(
            f"nothing is kept: all {every.read:,} rows are lost. Most often: {every.worst()}.\n"
            f"Each row's reason: {ledger}"
        )
    needed = [("train", "nothing is left to train on")] if recipe.data.get("trainer") else []
    needed += [("test", "nothing is held out to evaluate on")] if ask_held_out(recipe) else []
    for side, what in needed:
        if not result.splits[side].conversations:
            raise PitchpipeError(f"{what}: {_why(recipe, result, side)}")


def _why(recipe: Recipe, result: Prepared, side: str) -> str:
    """Why a side is empty while others are not, and the cure."""
    share, families = getattr(recipe[SPLIT], side), result.repeats.families
    pinned = [source.name for source in recipe[LOADERS] if source.side == side]
    where = ", ".join(f"{name} {size.conversations:,}" for name, size in result.splits.items())
    if pinned:
        return f"no row of '{pinned[0]}', whose side is {side}, is left ({where}). See Why."
    if not share:
        return f"`split` gives {side} no share, and no source has `side: {side}`."
    return (
        f"the split is by prompt, there {'is 1 prompt' if families == 1 else f'are {families:,} prompts'}"
        f" and {side} got none ({where}). Add rows with other prompts, or a source with `side: {side}`"
        + ("." if side == "train" else "; or leave out `evaluators` and write `split: {train: 1.0}`.")
    )
