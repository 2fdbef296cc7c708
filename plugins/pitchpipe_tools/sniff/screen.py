"""What sniff says, on one screen."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pitchpipe_stages.console import RichConsole
    from pitchpipe_tools.sniff.look import Findings


def file(file: str, loader: Any, found: "Findings", console: "RichConsole") -> None:
    from pitchpipe_stages.console import escape

    files = loader.inputs() if hasattr(loader, "inputs") else []
    size = _bytes(sum(path.stat().st_size for path in files)) if files else ""
    many = f"{len(files)} files, " if len(files) > 1 else ""
    looked = f"the first {found.rows:,} rows; --rows 0 looks at all"
    if not found.more:
        looked = f"rows: {found.rows:,}"
    if found.rows:
        name = "standard input" if file == "-" else file
        console.say(f"[bold]{escape(name)}[/]  {', '.join(filter(None, [f'{many}{size}', looked]))}\n")


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return ""


def format(found: "Findings", console: "RichConsole") -> None:
    from pitchpipe_stages.console import escape

    choice = found.choice
    if choice.found:
        head = ["formats that fit the first rows", "rows", "keys", ""]
        rows = [[name, f"{rows:,}", f"{keys:,}", _mark(name, found)] for keys, rows, name in choice.found]
        console.table("", head, rows)
    if choice.tied:
        console.say(
            f"[yellow]{' and '.join(choice.tied)} fit equally well.[/] A recipe must say which:"
            f" format: {' or format: '.join(choice.tied)}. What follows is read as {choice.tied[0]}.\n"
        )
    if choice.columns and choice.used:
        told = ", ".join(f"{old} as {new}" for new, old in choice.columns.items())
        console.say(
            f"[yellow]No format fits the columns as they are called.[/] With {escape(told)},"
            f" the format {choice.used.label} fits.\n"
        )
    if len(found.formats) > 1:
        rows = [
            [name or "no format", f"{count:,}", found.places[name]]
            for name, count in found.formats.most_common()
        ]
        console.table("Rows of several formats", ["format", "rows", "the first"], rows)
        console.say(
            "[yellow]A source has one format:[/] split the rows by format, a file and a loader for each.\n"
        )


def _mark(name: str, found: "Findings") -> str:
    used = found.choice.used
    return "chosen" if used and name in (used.label, used.component.name) else ""


def mess(found: "Findings", console: "RichConsole") -> None:
    if not found.mess:
        console.say("No row had to be mended or refused.\n" if found.conversations else "")
        return
    ordered = sorted(found.mess.items(), key=lambda one: (one[0][0] != "quarantined", -one[1]))
    rows = [[what, why, by, f"{n:,}", found.places[what, by, why]] for (what, by, why), n in ordered]
    console.table("Mess", ["", "what", "by", "times", "the first"], rows, left=3)


def measures(found: "Findings", console: "RichConsole") -> None:
    total = found.conversations
    refused = f"; refused: {found.quarantined:,}" if found.quarantined else ""
    head = [f"conversations: {total:,}{refused}", "least", "median", "95%", "most", "sum"]
    rows = [[name, *_spread(sizes), f"{sum(sizes):,}"] for name, sizes in found.sizes.items()]
    console.table("What would be read", head, rows)
    having = [[f"with {name}", *_share(n, total)] for name, n in found.has.items() if n]
    having += [["exact duplicates of an earlier one", *_share(found.repeated, total)]]
    top = found.categories.most_common(10)
    having += [[f"category {name}", *_share(n, total)] for name, n in top]
    if left := len(found.categories) - len(top):
        rest = found.categories.total() - sum(dict(top).values())
        having += [[f"{left:,} more categories", *_share(rest, total)]]
    console.table("", ["of these", "conversations", "share"], having)


def _spread(sizes: list[int]) -> list[str]:
    ordered = sorted(sizes)
    return [f"{ordered[round(share * (len(ordered) - 1))]:,}" for share in (0, 0.5, 0.95, 1)]


def _share(count: int, total: int) -> list[str]:
    return [f"{count:,}", f"{count / total:.1%}"]


def dropped(found: "Findings", profile: str, console: "RichConsole") -> None:
    if not found.tried:
        return
    total = found.conversations
    lost = f"{total - found.kept:,} of {total:,} conversations, {(total - found.kept) / total:.1%}"
    title = f"The filters of {profile} would drop {lost}"
    rows = [
        [by, why if what == "dropped" else f"{why} (tagged)", f"{n:,}", found.places[what, by, why]]
        for (what, by, why), n in found.dropped.most_common()
    ]
    if rows:
        console.table(title, ["filter", "reason", "times", "the first"], rows, left=2)
    else:
        console.say(f"{title}.")
    if found.left_out:
        console.say(f"[dim]not tried here, where rows are not compared: {', '.join(found.left_out)}[/]\n")


def nothing(found: "Findings", file: str, host: Any) -> str:
    """Why no conversation comes out, and what to do."""
    choice = found.choice
    if choice.used:
        how = ": leave out --format" if choice.used.place == "--format" else "; try another --format"
        return f"{file}: the format {choice.used.label} makes no conversation of any row{how}"
    if found.rows:
        return f"{file}: no row can be read. If it is of another kind, say so: --option kind=csv"
    known = ", ".join(component.name for component in host.all("format"))
    return (
        f"{file}: no format fits its rows, which hold {', '.join(found.keys)}.\n"
        f"Rename columns in the recipe, as in columns: {{instruction: {found.keys[0] if found.keys else 'a'},"
        f" output: {found.keys[-1] if found.keys else 'b'}}}, or say --format NAME. Known: {known}."
    )
