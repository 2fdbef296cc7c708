"""pitchpipe generate export and import: a record of requests as JSON lines, out and in."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.recipe_argument import load_recipe, recipe_argument

if TYPE_CHECKING:
    from pitchpipe_stages.generate.requests.cassette import TakenIn


@click.command("export", short_help="Write what was asked, and the replies, as JSON lines.")
@recipe_argument
@click.argument("file", metavar="FILE")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def export_record(recipe: str, file: str, overrides: tuple[str, ...], force: bool) -> None:
    """Write what RECIPE has asked, and the replies, to FILE as JSON lines.

    FILE may be - for the standard output, or end with .gz. In the place of RECIPE may stand a run's folder,
    or another that holds an asks.sqlite. What it cost is not in FILE, nor is a key of an API.
    """
    from pitchpipe_stages.generate.requests.cassette import write_lines
    from pitchpipe_stages.generate.requests.record import RequestRecord
    from pitchpipe_tools.generate.streams import written

    if Path(file).exists() and not force:
        raise PitchpipeError(f"{file} is there already: --force replaces it")
    place = _record(recipe, overrides)
    if not place.exists():
        raise PitchpipeError(f"nothing was asked yet: there is no {place}. pitchpipe generate {recipe} asks")
    with closing(RequestRecord(place)) as record, written(file) as lines:
        count = write_lines(record, lines)
    click.echo(f"{count:,} questions of {place} written to {file}", err=True)


@click.command("import", short_help="Take such lines in, so that they are not asked again.")
@recipe_argument
@click.argument("file", metavar="FILE")
def import_record(recipe: str, file: str, overrides: tuple[str, ...]) -> None:
    """Take the questions and replies of FILE into RECIPE's record, so that they are not asked again.

    FILE is what `export` wrote; - is the standard input. A reply that is in the record already stays. All of
    FILE is taken in, or nothing of it where a line is wrong. It costs nothing of the budget.
    """
    from pitchpipe_stages.generate.requests.cassette import read_lines
    from pitchpipe_stages.generate.requests.record import RequestRecord
    from pitchpipe_tools.generate.streams import STREAM, read

    place = _record(recipe, overrides)
    with read(file) as lines:
        place.parent.mkdir(parents=True, exist_ok=True)
        with closing(RequestRecord(place)) as record:
            taken = read_lines(record, lines, "standard input" if file == STREAM else file)
    click.echo(_told(taken, place), err=True)


def _record(recipe: str, overrides: tuple[str, ...]) -> Path:
    """Where the record of a recipe, or of a folder, lies."""
    from pitchpipe_stages.generate.making.place import folder_of
    from pitchpipe_stages.generate.making.sections import GENERATE, GENERATORS
    from pitchpipe_stages.generate.requests.record import FILE

    if Path(recipe).is_dir():
        return Path(recipe) / FILE
    loaded = load_recipe(recipe, overrides)
    if GENERATORS not in loaded:
        raise PitchpipeError(
            f"{recipe} has no `generators`. The record of a run is named by its folder, as in runs/NAME"
        )
    return folder_of(loaded, loaded[GENERATE].folder) / FILE


def _told(taken: "TakenIn", place: Path) -> str:
    words = f"{taken.new:,} questions taken into {place}"
    if taken.same:
        words += f"; {taken.same:,} were there already"
    if taken.other:
        words += f"; {taken.other:,} have another reply there, which stays"
    return words
