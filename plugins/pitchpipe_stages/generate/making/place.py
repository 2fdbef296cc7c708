"""Where what a recipe's generators make is kept."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from pitchpipe.recipe.recipe import Recipe

ROWS, LEDGER, MADE = "rows.jsonl", "ledger.jsonl", "made.json"
SOURCES = "sources.jsonl"  # what is no row: seeds, drafts, what later generators worked on
PILOT = "pilot.jsonl"


@runtime_checkable
class ReadsMade(Protocol):
    """A loader that reads what the recipe's own generators made."""

    folder: Path | None
    generator: str | None  # read its rows alone

    def read_from(self, folder: Path, command: str, /) -> None: ...
    def lacks(self) -> str: ...


def folder_of(recipe: Recipe, folder: Path | None) -> Path:
    return folder or Path("generated") / recipe.path.stem
