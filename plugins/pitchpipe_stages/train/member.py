"""A process that only joins a training: python -m pitchpipe_stages.train.member RUN."""

import sys
from pathlib import Path

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import checked
from pitchpipe.recipe.document import Document
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.records.conversation import Json
from pitchpipe.run.directory import Run
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.train.meeting import USERS
from pitchpipe_stages.train.ranks import together
from pitchpipe_stages.train.stage import TRAIN


def recipe_of(run: Path) -> Recipe:
    """The recipe that a run is at work on."""
    place = msgspec.json.decode((run / "run.json").read_bytes(), type=dict[str, object])["recipe"]
    path, data = Path(str(place)), msgspec.json.decode((run / "recipe.json").read_bytes(), type=Json)
    return checked(Document(path, data), Host.from_environment(path.parent))


def main() -> None:
    run = Path(sys.argv[1])
    try:
        with together():
            TRAIN.join(Run(run, recipe_of(run), RichConsole(quiet=True)))
    except PitchpipeError as error:
        print(f"{USERS}{error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
