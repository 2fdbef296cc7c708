"""Explains a row, a candidate or a question of a folder of generated rows."""

from pathlib import Path
from typing import Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.console import RichConsole, escape, shortened
from pitchpipe_stages.generate.making.place import LEDGER, ROWS
from pitchpipe_stages.generate.making.provenance import Provenance
from pitchpipe_stages.generate.requests.record import FILE
from pitchpipe_tools.generated_folder import places
from pitchpipe_tools.why.way import WIDE, show_exchange, show_way, show_words


def explain(folder: Path, wanted: str, console: RichConsole) -> None:
    """All that the folder knows by this name."""
    with Provenance(folder) as provenance:
        line, refused = provenance.find(wanted), list(provenance.refused(wanted))
        exchange = provenance.exchange(wanted)
        if line:
            row = (
                f"{folder / ROWS}:{provenance.rows.index(line) + 1}" if line in provenance.rows else "no row"
            )
            console.plain(f"{row}  id {line.id}")
            show_words(line.messages, console, "  ")
            show_way(provenance, line, console)
        for entry in refused:
            _show_refused(entry, console)
        if exchange:
            show_exchange(provenance, exchange, console)
    if not (line or refused or exchange):
        raise PitchpipeError(
            f"{folder} has no '{wanted}'. A row is named by its id or its line, a refused candidate by its id"
            f" in {LEDGER}, a question by its key or as {FILE}:NUMBER."
        )


def show_origin(run: Path, row: Conversation, console: RichConsole) -> None:
    """How a row of a run was made, where it is a generated one."""
    if not isinstance(row.meta.get("made"), dict):
        return
    for folder in places(run, Path(row.source.file).parent):
        with Provenance(folder) as provenance:
            if line := provenance.find(row.id):
                show_way(provenance, line, console)
                return
    made = row.meta["made"]
    console.say(
        f"  made by {escape(made.get('generator'))}; its folder, {row.source.file}, is gone or made anew\n"
    )


def _show_refused(entry: dict[str, Any], console: RichConsole) -> None:
    console.plain(f"{entry['file']}:{entry['line']}" + (f"  id {entry['id']}" if entry.get("id") else ""))
    limit = f", {entry['score']} against {entry['limit']}" if entry.get("limit") is not None else ""
    of = f" ({entry['operator']})" if entry.get("operator") else ""
    console.say(
        f"  [red]{entry['fate']}[/] by {escape(entry['stage'] + of)}: {escape(entry['reason'] + limit)}"
    )
    for words in entry.get("messages") or ():
        console.plain(f"  {shortened(words, WIDE)}")
    for name in ("of", "key"):
        if entry.get(name):
            console.plain(f"  {name}: {entry[name]}")
    console.say()
