"""The folder of a merged model: written beside its place, and put there when it is proven."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.run.directory import MARK
from pitchpipe_stages.merge.record import FILE


@contextmanager
def in_its_place(target: Path, run: Path, force: bool) -> Iterator[Path]:
    """Yields a folder that is not there yet, for a merged model."""
    must_be_free(target, run, force)
    with replacing(target) as new:
        yield new


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yields a folder that is not there yet. What is written into it comes to its place, or is gone."""
    new, old = (target.with_name(f"{target.name}.{word}") for word in ("new", "old"))
    shutil.rmtree(new, ignore_errors=True)  # of a process that was killed
    try:
        yield new
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.replace(target, old)
        os.replace(new, target)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def must_be_free(target: Path, run: Path, force: bool) -> None:
    """Stop where something else would be lost: only a merged model is overwritten without a word."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not target.is_dir():
        raise PitchpipeError(f"{target} is a file. Name a folder.")
    is_run = any((target / name).exists() for name in MARK)
    if is_run or (run / "model").resolve().is_relative_to(target.resolve()):
        raise PitchpipeError(f"{target} is a run or holds one. Name a folder of its own, as in {run}/merged.")
    if not (target / FILE).exists() and not force:
        raise PitchpipeError(
            f"{target} is there and is no merged model. Name another folder, or overwrite it with --force."
        )
