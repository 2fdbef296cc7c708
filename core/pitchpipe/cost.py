"""What a run will cost, told when its data is prepared: tokens, what is lost, padding, steps."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pitchpipe import ranks
from pitchpipe.prepared import Examples
from pitchpipe.recipe import Recipe


def cost(recipe: Recipe, folder: Path, prepared: dict[str, Any]) -> dict[str, Any]:
    """Of the training data; nothing where no template has made tokens of it."""
    lengths = Examples(folder, "train").lengths()
    tokens = int(lengths.sum())
    if not tokens:
        return {}
    told: dict[str, Any] = {"conversations": len(lengths), "tokens": tokens}
    split, lost = prepared["splits"]["train"], prepared["too_long"]["tokens"]
    told["learned"] = split["learned"] / split["tokens"]
    told["lost"] = lost / (lost + sum(side["tokens"] for side in prepared["splits"].values()))
    if recipe.trainer and recipe.collator and hasattr(recipe.trainer.bound, "epoch"):
        told["collator"] = recipe.collator.name
        told |= asdict(recipe.trainer.bound.epoch(lengths, recipe.collator.bound, ranks.size()))
    return told
