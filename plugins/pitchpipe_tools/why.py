"""pitchpipe why: one row's fate, every filter it met, and the threshold that decided"""

from pathlib import Path

import click
import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.console import RichConsole, escape, shortened
from pitchpipe_stages.data.ledger import LENGTH, MIX, RENDER, SPLIT, Step
from pitchpipe_stages.prepare.history import FilterVerdict, History, RowFate

LATER = (RENDER, LENGTH, SPLIT, MIX)


@click.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("row", metavar="ID_OR_LINE")
def why(run: Path, row: str) -> None:
    """Explain what became of one row of RUN, a run's folder, and which threshold decided.

    A row is named by its id (in the ledger and in the prepared files), by its line, or by file:line.
    """
    explain(run, row, RichConsole())


def explain(run: Path, wanted: str, console: RichConsole) -> None:
    history = History(run)
    found = 0
    for fate in history.find(wanted):
        found += 1
        if isinstance(fate, bytes):
            _refused(fate, console)
        else:
            _fate(fate, history, console)
    if not found:
        raise PitchpipeError(
            f"{run} has no row '{wanted}'. A row is named by its id, its line, or file:line."
        )


def _refused(line: bytes, console: RichConsole) -> None:
    entry = msgspec.json.decode(line)
    console.plain(f"{entry['file'] or entry['dataset']}:{entry['line']}")
    console.say(f"  [red]quarantined[/] by {escape(entry['stage'])}: {escape(entry['reason'])}")
    console.plain(f"  {msgspec.json.encode(entry['row']).decode()[:500]}\n")


def _fate(fate: RowFate, history: History, console: RichConsole) -> None:
    row = fate.row
    console.plain(f"{row.source}  id {row.id}")
    for message in row.messages:
        console.plain(f"  {message.role}: {shortened(message.content, 160)}")
    for verdict in fate.verdicts:
        _verdict(verdict, console)
    if fate.kept:
        console.say("  [green]kept[/]" + _later(history, row.id) + "\n")
    elif fate.verdicts[-1].drop is None:
        console.say("  [red]not kept[/]" + _later(history, row.id) + "\n")
    else:
        console.say()


def _verdict(verdict: FilterVerdict, console: RichConsole) -> None:
    words = [f"{name} {_within(*bounds)}" for name, bounds in verdict.scores.items()]
    words += list(verdict.notes)
    label, drop, tagged = escape(verdict.label), verdict.drop, verdict.tagged
    if drop:
        limit = f", {drop.score} against {drop.limit}" if drop.limit is not None else ""
        console.say(f"  [red]{label}: dropped[/]: {escape(drop)}{escape(limit)}")
    elif tagged:
        console.say(f"  [yellow]{label}: tagged[/]: {escape(tagged)}")
    elif words or verdict.label != "as it was read":
        console.say(f"  {label}: {escape('; '.join(words) or 'kept')}")
    if drop and words:
        console.say(f"      [dim]{escape('; '.join(words))}[/]")


def _within(score: float, least: float | None, most: float | None) -> str:
    bounds = [
        f"{word} {bound:g}" for word, bound in (("at least", least), ("at most", most)) if bound is not None
    ]
    return f"{score:g}" + (f" ({', '.join(bounds)})" if bounds else "")


def _later(history: History, id: str) -> str:
    """What came after the filters: rendering, the split and the mix, as the ledger says."""
    found = []
    with open(history.run / "ledger.jsonl", "rb") as file:
        for line in file:
            if id.encode() in line:
                entry = msgspec.json.decode(line)
                if Step.of(entry["stage"]) in LATER and entry.get("id", id) == id:
                    found.append(f"{entry['stage']}: {entry['reason']}")
    return escape(". " + "; ".join(dict.fromkeys(found))) if found else ""
