"""What a recipe's trainer learns from: it decides how rows are read, rendered and stored. A recipe without a
trainer may say it itself, `data: {learns: pairs}`, to score on such rows."""

from typing import Literal, cast, get_args

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe.recipe import Recipe

# Replies; pairs of a better and a worse reply; single replies, good or bad; prompts alone.
Learns = Literal["replies", "pairs", "judged", "prompts"]


def learns(recipe: Recipe) -> Learns:
    """What the trainer says that it learns, or without one the recipe; replies, where neither says it."""
    trainer = next((use for use in recipe.uses() if use.component.kind == "trainer"), None)
    if trainer is None:
        data = recipe.data.get("data")
        named = data.get("learns") if isinstance(data, dict) else None
        return cast(Learns, named) if named in get_args(Learns) else "replies"
    said = getattr(getattr(trainer.bound, "func", trainer.bound), "learns", "replies")
    if said not in get_args(Learns):
        words = f"{trainer.place}: {trainer.component} learns {said!r}, which is none of"
        raise PitchpipeError(
            f"{words} {', '.join(get_args(Learns))}.{suggest(str(said), set(get_args(Learns)))}"
        )
    return cast(Learns, said)


def learns_sides(recipe: Recipe) -> bool:
    """Whether an example may have a side with a worse reply."""
    return learns(recipe) in ("pairs", "judged")
