"""Reads what generators made. It asks nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.files.parts import LONGEST, parts_of

ROWS = "rows.jsonl"


class Generated:
    """Read what `pitchpipe generate` made of this recipe, or of another one.

    The rows keep their ids, so that the ledgers of generation and of a run speak of the same rows.
    """

    def __init__(
        self,
        *,
        folder: Annotated[
            Path | None,
            pp.Meta(description="the folder of another recipe's rows; left out: that of this recipe"),
        ] = None,
        generator: Annotated[
            str | None, pp.Meta(description="read its rows alone, so that they have a weight of their own")
        ] = None,
    ):
        self.folder, self.generator = folder, generator
        self._command = "pitchpipe generate RECIPE"

    def read_from(self, folder: Path, command: str) -> None:
        """Takes the recipe's own folder, which the command fills, where the recipe names no other."""
        if self.folder is None:
            self.folder, self._command = folder, command

    def lacks(self) -> str:
        """What is not there yet, and the command that makes it; empty where all is there."""
        rows = self._rows()
        return "" if rows.is_file() else f"{rows} is not there yet: {self._command}"

    def inputs(self) -> list[Path]:
        if lacks := self.lacks():
            raise pp.PitchpipeError(lacks)
        return [self._rows()]

    def parts(self) -> Iterator[Any]:
        for path in self.inputs():
            for part in parts_of(path, str(path), "jsonl", None, None, LONGEST):
                yield OfOne(part, self.generator) if self.generator else part

    def __call__(self) -> Iterator[pp.Row]:
        for part in self.parts():
            yield from part.rows()

    def _rows(self) -> Path:
        return (self.folder or Path()) / ROWS


@dataclass(frozen=True)
class OfOne:
    """The rows of a part that one generator made, and those that cannot be read."""

    part: Any
    generator: str

    def rows(self) -> Iterator[pp.Row]:
        for row in self.part.rows():
            made = row.data.get("made") if isinstance(row.data, dict) else None
            if not isinstance(made, dict) or made.get("generator") == self.generator:
                yield row
