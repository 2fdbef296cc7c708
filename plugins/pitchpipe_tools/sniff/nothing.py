"""The error message for a file without a usable row."""

from pitchpipe.host.host import Host
from pitchpipe_tools.sniff.findings import Findings

MOST_KEYS = 12
MOST_REASONS = 3


def why_nothing(findings: Findings, file: str, host: Host) -> str:
    """The reason why the rows give no conversation, and the options that may help."""
    choice = findings.choice
    if choice.used:
        return _refused(findings, file)
    if findings.rows:
        kind = "If the file is of another kind, say so: --option kind=csv"
        return f"{file}: no row can be read. {kind}{_most(findings)}"
    known = ", ".join(component.name for component in host.all("format"))
    keys, more = findings.keys[:MOST_KEYS], len(findings.keys) - MOST_KEYS
    held = ", ".join(keys) + (f" and {more:,} more" if more > 0 else "")
    there = f"\n{findings.there}" if findings.there else ""
    return (
        f"{file}: no format fits its rows, which hold {held}.{there}\n"
        "Name the columns of the prompt and of the reply in the recipe, as in"
        " columns: {instruction: COLUMN, output: COLUMN},"
        f" or say --format NAME. Known: {known}."
    )


def _refused(findings: Findings, file: str) -> str:
    """Every row was refused: the most frequent reasons say why."""
    choice = findings.choice
    assert choice.used
    cure = "leave out --format" if choice.used.place == "--format" else "try another --format, if one fits"
    return (
        f"{file}: the format {choice.used.label} makes no conversation of any row: {cure}.{_most(findings)}"
    )


def _most(findings: Findings) -> str:
    """The most frequent reasons why rows were refused."""
    lost = [(f.reason, count) for f, count in findings.mess.counts.most_common() if f.fate != "noted"]
    reasons = "; ".join(f"{reason} ({count:,})" for reason, count in lost[:MOST_REASONS])
    return f"\nMost often: {reasons}." if reasons else ""
