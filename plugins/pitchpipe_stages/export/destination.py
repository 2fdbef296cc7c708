"""The folder of an export: it appears when all is proven, and nothing is left where something fails."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pitchpipe.errors import PitchpipeError

MARK = "export.json"  # what pitchpipe wrote, and may replace


@contextmanager
def new_folder(place: Path, force: bool) -> Iterator[Path]:
    """An empty folder that takes its place when all went well."""
    must_be_free(place, force)
    place.parent.mkdir(parents=True, exist_ok=True)
    folder = place.parent / f".{place.name}.new"
    shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed
    folder.mkdir()
    try:
        yield folder
        if place.exists():
            shutil.rmtree(place)
        folder.rename(place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
            f"the disk of {place.parent} has {in_words(free)} free, and this takes about {in_words(needed)}."
            " Make room, or take another disk: --out FOLDER."
        )


def in_words(size: float) -> str:
    """A number of bytes."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"
