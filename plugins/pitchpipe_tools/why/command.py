"""The command `why`."""

from pathlib import Path

import click
import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.console import RichConsole, escape, shortened
from pitchpipe_stages.data.ledger import LENGTH, MIX, RENDER, SPLIT
from pitchpipe_stages.prepare.history import FilterVerdict, History, RowFate
from pitchpipe_tools.generated_folder import is_generated
from pitchpipe_tools.ledger_entry import LedgerEntry
from pitchpipe_tools.message_lines import lines_of
from pitchpipe_tools.why.generated import explain, show_origin

AFTER_FILTERS = (RENDER, LENGTH, SPLIT, MIX)


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("row", metavar="ID_OR_LINE")
def why(run: Path, row: str) -> None:
    """Explain what became of one row of RUN, a run's folder, and which threshold decided.

    A row is named by its id (in the ledger and in the prepared files), by its line, or by file:line. Of a row
    that was generated, it also shows the way: seed, demonstrations, evolutions, answer.

    \b
    pitchpipe why runs/mine 4f1c9a7e0b2d3c55
    pitchpipe why generated/mine 12        row 12, and each question that it took
    pitchpipe why generated/mine 0b3d33b4  a question by its key; or a refused candidate by its id
    """
    console = RichConsole()
    if is_generated(run):
        explain(run, row, console)
        return
    history = History(run)
    fates = list(history.find(row))
    for fate in fates:
        if isinstance(fate, bytes):
            _show_refused(LedgerEntry.of(fate), console)
        else:
            _show_fate(fate, history, console)
            show_origin(run, fate.row, console)
    if not fates:
        raise PitchpipeError(f"{run} has no row '{row}'. A row is named by its id, its line, or file:line.")


def _show_refused(entry: LedgerEntry, console: RichConsole) -> None:
    console.plain(entry.place)
    console.say(f"  [red]{entry.fate}[/] by {escape(entry.stage)}: {escape(entry.reason)}")
    console.plain(f"  {msgspec.json.encode(entry.row).decode()[:500]}\n")


def _show_fate(fate: RowFate, history: History, console: RichConsole) -> None:
    row = fate.row
    console.plain(f"{row.source}  id {row.id}")
    for message in row.messages:
        for what, words in lines_of(message):
            console.plain(f"  {what}: {shortened(words, 160)}")
    for verdict in fate.verdicts:
        _show_verdict(verdict, console)
    if fate.kept:
        sides = " and ".join(history.sides(row.id))
        console.say(f"  [green]kept[/]{sides and f', in {sides}'}{_after_filters(history, row.id)}\n")
    elif fate.verdicts[-1].drop is None:
        console.say(f"  [red]not kept[/]{_after_filters(history, row.id)}\n")
    else:
        console.say()


def _show_verdict(verdict: FilterVerdict, console: RichConsole) -> None:
    measures = [f"{name} {_with_bounds(*score)}" for name, score in verdict.scores.items()]
    words = escape("; ".join([*measures, *verdict.notes]))
    label, drop, tag = escape(verdict.label), verdict.drop, verdict.tagged
    if drop:
        limit = f", {drop.score} against {drop.limit}" if drop.limit is not None else ""
        console.say(f"  [red]{label}: dropped[/]: {escape(drop)}{escape(limit)}")
        if words:
            console.say(f"      [dim]{words}[/]")
    elif tag:
        console.say(f"  [yellow]{label}: tagged[/]: {escape(tag)}")
    elif words or verdict.label != "as it was read":
        console.say(f"  {label}: {words or 'kept'}")


def _with_bounds(score: float, least: float | None, most: float | None) -> str:
    bounds = [
        f"{word} {bound:g}" for word, bound in (("at least", least), ("at most", most)) if bound is not None
    ]
    return f"{score:g}" + (f" ({', '.join(bounds)})" if bounds else "")


def _after_filters(history: History, id: str) -> str:
    """The reasons of the steps after the filters, from the ledger."""
    reasons = []
    with open(history.run / "ledger.jsonl", "rb") as file:
        for line in file:
            if id.encode() in line:
                entry = LedgerEntry.of(line)
                if entry.step in AFTER_FILTERS and entry.id in (None, id):
                    reasons.append(f"{entry.stage}: {entry.reason}")
    return escape(". " + "; ".join(dict.fromkeys(reasons))) if reasons else ""
