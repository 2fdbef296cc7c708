"""Room on the disk for all that a training will write: asked before the first step, not at the last save."""

import shutil
from pathlib import Path

import pitchpipe as pp
from pitchpipe_components.trainers.memory import size

SPARE = 1.05  # what small files and the disk itself take beside the weights


def must_have_room(folder: Path, checkpoint: int, checkpoints: int, model: int) -> None:
    """Stop where checkpoints that lie there at once, and the model beside them, would fill the disk."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free, there = shutil.disk_usage(existing).free, bytes_in(folder)
    needed = round((checkpoint * checkpoints + model) * SPARE)
    if needed > free + there:
        raise pp.PitchpipeError(
            f"the disk has not enough room for this training: {checkpoints} checkpoints of {size(checkpoint)}"
            f" at once and the model of {size(model)} need {size(needed)}, and {size(free + there)} are free"
            f" at {existing}. Make room, or write elsewhere with --runs."
        )


def bytes_in(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.exists() else 0
