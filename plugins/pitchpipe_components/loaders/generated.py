"""Reads what the recipe's generators made. It asks nobody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.files.parts import LONGEST, parts_of

ROWS = "rows.jsonl"


class Generated:
    """Read what `pitchpipe generate` made of this recipe, or of another one."""

    def __init__(
        self,
        *,
        folder: Annotated[
            Path | None, pp.Meta(description="where it is kept; left out: where this recipe keeps its own")
        ] = None,
    ):
        self.folder = folder

    def read_from(self, folder: Path) -> None:
        """Takes the recipe's own folder, where the recipe names none here."""
        self.folder = self.folder or folder

    def inputs(self) -> list[Path]:
        rows = (self.folder or Path("generated")) / ROWS
        if not rows.exists():
            raise pp.PitchpipeError(f"{rows} is not there yet: pitchpipe generate RECIPE makes it")
        return [rows]

    def parts(self) -> Iterator[Any]:
        for path in self.inputs():
            yield from parts_of(path, str(path), "jsonl", None, None, LONGEST)

    def __call__(self) -> Iterator[pp.Row]:
        for part in self.parts():
            yield from part.rows()
