"""The command `compare`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.cures import cured

if TYPE_CHECKING:
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.compare.ballot_box import BallotBox
    from pitchpipe_tools.compare.contestants import Contestant
    from pitchpipe_tools.compare.duels import Duel, Duels

PORT = 8765


@click.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0: any that is free."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen; 0.0.0.0 lets other machines in. Their links then hold a token.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Compare on N prompts, chosen by chance.")
@click.option("--results", is_flag=True, help="Show what the votes say, and serve nothing.")
@click.option(
    "--export",
    "pairs",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write pairs of preferences as JSON lines, for trainer dpo.",
)
@click.option(
    "--export-votes",
    "votes",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write every vote as JSON lines, to calibrate a judge.",
)
@cured()
def compare(
    runs: tuple[Path, ...],
    port: int,
    host: str,
    limit: int | None,
    results: bool,
    pairs: Path | None,
    votes: Path | None,
) -> None:
    """Let people choose blindly between replies: of the base and the tuned model of one RUN, or of the tuned
    models of several.

    A page on this machine shows the answers to the held-out prompts, two at a time. Raters say which is
    better; several may rate at once. The votes lie in votes/ of a RUN's folder.

    \b
      pitchpipe compare runs/quickstart                       base and tuned
      pitchpipe compare runs/a runs/b runs/c                  each with each
      pitchpipe compare runs/quickstart --results
      pitchpipe compare runs/quickstart --export pairs.jsonl
    """
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.compare.ballot_box import BallotBox
    from pitchpipe_tools.compare.contestants import contestants
    from pitchpipe_tools.compare.duels import duels_of
    from pitchpipe_tools.compare.places import votes_file
    from pitchpipe_tools.compare.serving import serve, server_of

    console = RichConsole()
    sides = contestants(runs)
    reads = results or pairs or votes
    if reads and limit:
        raise PitchpipeError("--limit is for what is rated; results and exports are of all votes")
    duels, file = duels_of(sides, limit), votes_file(sides)
    if reads:
        if not file.exists():
            raise PitchpipeError(f"there are no votes yet: pitchpipe compare {' '.join(map(str, runs))}")
        box = BallotBox(file)
        if results:
            _show(box, duels.by_key, console)
        _export(box, pairs, votes, console)
        return
    file.parent.mkdir(exist_ok=True)
    _say_what(sides, duels, console)
    box = BallotBox(file)
    serve(server_of(sides, duels, box, host, port, console.plain), port, box, console)


def _say_what(sides: "Sequence[Contestant]", duels: "Duels", console: "RichConsole") -> None:
    names = " and ".join(side.name for side in sides)
    count = len(duels.by_key)
    same = f" {duels.same:,} more are the same word for word, and are not shown." if duels.same else ""
    console.plain(f"{names}: {count:,} pairs of replies to {duels.questions:,} held-out prompts.{same}")
    if duels.other_words:
        console.plain(f"{duels.other_words:,} prompts were put to them in other words, and are left out.")


def _show(box: "BallotBox", duels: "Mapping[str, Duel]", console: "RichConsole") -> None:
    from pitchpipe_tools.compare.outcome import outcome_of
    from pitchpipe_tools.compare.told import show_outcome

    show_outcome(outcome_of(box.votes(), duels), console)


def _export(box: "BallotBox", pairs: Path | None, votes: Path | None, console: "RichConsole") -> None:
    """Votes on replies that a run no longer gives are as good to learn from, so they are written too."""
    from pitchpipe_tools.compare.export import write_pairs, write_votes

    given, duels = box.votes(), box.duels()
    if pairs:
        count, even = write_pairs(pairs, given, duels)
        console.plain(
            f"{pairs}: {count:,} pairs for trainer dpo; {even:,} were even or bad on both sides: left out."
        )
        console.plain("Their prompts were held out: score a model that learns from them on other prompts.")
    if votes:
        console.plain(f"{votes}: {write_votes(votes, given, duels, box.raters()):,} votes")
