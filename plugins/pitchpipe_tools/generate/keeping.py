"""What the record alone gives is kept, unless it is less than what is there."""

import os

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.making.made import MadeFile, known
from pitchpipe_stages.generate.making.making import Making
from pitchpipe_stages.generate.making.place import ROWS


def keep(making: Making, made: MadeFile) -> None:
    """Writes what a rehearsal made. Where that is not allowed, the rows that are there must be the same."""
    before, file = known(making.folder), making.folder / ROWS
    if before and not made.finished and made.rows < before.rows:
        raise PitchpipeError(
            f"{file} stays as it is: it has {before.rows:,} rows, and with this recipe the record gives"
            f" {made.rows:,}. {made.problem}"
        )
    if os.access(_there(making), os.W_OK):
        making.write(made)
    elif not file.exists() or file.read_bytes() != making.rows_as_bytes():
        raise PitchpipeError(f"{making.folder} cannot be written, and its rows are not those of the record")


def _there(making: Making) -> str:
    """The folder, or the nearest one above it that exists."""
    folder = making.folder.absolute()
    return str(next(one for one in (folder, *folder.parents) if one.exists()))
