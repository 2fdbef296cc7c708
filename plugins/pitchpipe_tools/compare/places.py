"""Where the votes of a comparison lie."""

from collections.abc import Sequence
from pathlib import Path

from pitchpipe_tools.compare.contestants import Contestant

FOLDER = "votes"  # in the folder of a run


def votes_file(sides: Sequence[Contestant]) -> Path:
    """The file of these models: in the run of the last one by name, or where it is already."""
    joint = "+" if len({side.run for side in sides}) > 1 else "-"  # runs may be called base and tuned
    name = joint.join(sorted(side.name.replace("/", "_") for side in sides)) + ".sqlite"
    files = [side.run / FOLDER / name for side in sides]
    return next((file for file in files if file.exists()), files[0])
