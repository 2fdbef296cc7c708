"""The screen of sniff: its findings, one table after the other."""

from textwrap import shorten
from typing import TYPE_CHECKING

from pitchpipe.host.protocols import Loader, NamesFiles
from pitchpipe_stages.console import RichConsole, escape
from pitchpipe_stages.data.unread import share
from pitchpipe_stages.data.unwanted import cure

if TYPE_CHECKING:
    from pitchpipe_tools.sniff.findings import Findings, Tally


def show_file(file: str, loader: Loader, findings: "Findings", console: RichConsole) -> None:
    if not findings.rows:
        return
    files = loader.inputs() if isinstance(loader, NamesFiles) else []
    size = _bytes(sum(path.stat().st_size for path in files)) if files else ""
    many = f"{len(files)} files, " if len(files) > 1 else ""
    rows = f"rows: {findings.rows:,}"
    if findings.more:
        rows = f"the first {findings.rows:,} rows; --rows 0 looks at all"
    name = "standard input" if file == "-" else file
    console.say(f"[bold]{escape(name)}[/]  {', '.join(filter(None, [f'{many}{size}', rows]))}\n")


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


# --- The format -----------------------------------------------------------------------------------


def show_formats(findings: "Findings", console: RichConsole) -> None:
    choice = findings.choice
    if choice.fitting:
        head = ["formats that fit the first rows", "rows", "keys", ""]
        rows = [
            [name, f"{rows:,}", f"{keys:,}", _mark(name, findings)] for keys, rows, name in choice.fitting
        ]
        console.table("", head, rows)
    if choice.tied:
        _show_tied(choice.tied, console)
    if choice.columns and choice.used:
        _show_columns(choice.columns, choice.used.label, console)
    if len(findings.formats.counts) > 1:
        _show_several_formats(findings.formats, console)


def _mark(name: str, findings: "Findings") -> str:
    used = findings.choice.used
    return "chosen" if used and name in (used.label, used.component.name) else ""


def _show_tied(formats: list[str], console: RichConsole) -> None:
    console.say(
        f"[yellow]{' and '.join(formats)} fit equally well.[/] A recipe must say which:"
        f" format: {' or format: '.join(formats)}. What follows is read as {formats[0]}.\n"
    )


def _show_columns(columns: dict[str, str], format: str, console: RichConsole) -> None:
    renamed = ", ".join(f"{old} as {new}" for new, old in columns.items())
    console.say(
        f"[yellow]No format fits the columns as they are called.[/] With {escape(renamed)},"
        f" the format {format} fits.\n"
    )


def _show_several_formats(formats: "Tally[str]", console: RichConsole) -> None:
    rows = [
        [name or "no format", f"{count:,}", formats.places[name]]
        for name, count in formats.counts.most_common()
    ]
    console.table("Rows of several formats", ["format", "rows", "the first"], rows)
    console.say(
        "[yellow]A source has one format:[/] split the rows by format, a file and a loader for each.\n"
    )


# --- The rows -------------------------------------------------------------------------------------


def show_mess(findings: "Findings", console: RichConsole) -> None:
    mess = findings.mess
    if not mess.counts:
        console.say("No row had to be mended or refused.\n" if findings.conversations else "")
        return
    ranked = sorted(mess.counts.items(), key=lambda entry: (entry[0].fate == "noted", -entry[1]))
    rows = [
        [f.fate, _detailed(f.reason, mess.details[f]), f.step, f"{count:,}", mess.places[f]]
        for f, count in ranked
    ]
    console.table("Mess", ["", "what", "by", "times", "the first"], rows, left=3)


def _detailed(reason: str, details: list[str]) -> str:
    """A reason with what its first rows say more exactly."""
    return shorten(f"{reason}: {'; '.join(details)}", 70, placeholder=" ...") if details else reason


def show_columns(findings: "Findings", console: RichConsole) -> None:
    """Shows the columns that nobody reads, and those that may judge replies."""
    rows = [
        [name, f"{count:,}", share(count, findings.rows)] for name, count in findings.unread.most_common()
    ]
    if rows:
        console.table("Columns with words that nobody reads", ["column", "rows", "share"], rows)
    dropped = [(f.reason, rows) for f, rows in findings.mess.counts.items() if f.fate == "dropped"]
    for doubt in (*filter(None, (cure(*reason) for reason in dropped)), *findings.doubts):
        console.say(f"[yellow]{escape(doubt)}.[/]\n")


def show_sizes(findings: "Findings", console: RichConsole) -> None:
    refused = f"; refused: {findings.refused:,}" if findings.refused else ""
    head = [f"conversations: {findings.conversations:,}{refused}", "least", "median", "95%", "most", "sum"]
    rows = [[name, *_quantiles(sizes), f"{sum(sizes):,}"] for name, sizes in findings.sizes.items()]
    console.table("What would be read", head, rows)


def _quantiles(sizes: list[int]) -> list[str]:
    ordered = sorted(sizes)
    return [f"{ordered[round(share * (len(ordered) - 1))]:,}" for share in (0, 0.5, 0.95, 1)]


def show_parts(findings: "Findings", console: RichConsole) -> None:
    counts = [(f"with {name}", count) for name, count in findings.parts.items() if count]
    counts.append(("exact duplicates of an earlier one", findings.repeated))
    largest = findings.categories.most_common(10)
    counts += [(f"category {name}", count) for name, count in largest]
    if more := len(findings.categories) - len(largest):
        rest = findings.categories.total() - sum(count for _, count in largest)
        counts.append((f"{more:,} more categories", rest))
    rows = [[name, f"{count:,}", f"{count / findings.conversations:.1%}"] for name, count in counts]
    console.table("", ["of these", "conversations", "share"], rows)


# --- The filters ----------------------------------------------------------------------------------


def show_filters(findings: "Findings", profile: str, console: RichConsole) -> None:
    if not findings.tried:
        return
    total, dropped = findings.conversations, findings.dropped
    lost = total - findings.kept
    title = f"The filters of {profile} would drop {lost:,} of {total:,} conversations, {lost / total:.1%}"
    rows = [
        [f.step, f.reason if f.fate == "dropped" else f"{f.reason} (tagged)", f"{count:,}", dropped.places[f]]
        for f, count in dropped.counts.most_common()
    ]
    if rows:
        console.table(title, ["filter", "reason", "times", "the first"], rows, left=2)
    else:
        console.say(f"{title}.")
    if findings.left_out:
        left_out = ", ".join(findings.left_out)
        console.say(f"[dim]not tried here, because sniff does not compare rows: {left_out}[/]\n")
