"""Where what a recipe's generators make is kept."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from pitchpipe.recipe.recipe import Recipe

ROWS, LEDGER, MADE = "rows.jsonl", "ledger.jsonl", "made.json"


@runtime_checkable
class ReadsMade(Protocol):
    """A loader that reads what the recipe's own generators made."""

    def read_from(self, folder: Path, /) -> None: ...


def folder_of(recipe: Recipe, folder: Path | None) -> Path:
    return folder or Path("generated") / recipe.path.stem
