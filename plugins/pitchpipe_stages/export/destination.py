"""The folder of an export: it appears when all is proven, and nothing is left where something fails."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.console import bytes_in_words
from pitchpipe_stages.merge.target import replacing

MARK = "export.json"  # what pitchpipe wrote, and may replace


@contextmanager
def new_folder(place: Path, force: bool) -> Iterator[Path]:
    """An empty folder that takes its place when all went well."""
    must_be_free(place, force)
    with replacing(place) as folder:
        folder.mkdir(parents=True)
        yield folder


def must_be_free(place: Path, force: bool) -> None:
    """Stop where something lies there that is not to be replaced."""
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return
    if not (place / MARK).exists():
        raise PitchpipeError(f"{place} is there, and pitchpipe did not export it. Choose another --out.")
    if not force:
        raise PitchpipeError(f"{place} is there already. --force replaces it, --out FOLDER takes another.")


def must_have_room(place: Path, needed: int) -> None:
    """Stop before anything is written where the disk is too small."""
    there = next(folder for folder in (place, *place.resolve().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise PitchpipeError(
            f"the disk of {place.parent} has {bytes_in_words(free)} free,"
            f" and this takes about {bytes_in_words(needed)}. Make room, or take another disk: --out FOLDER."
        )
