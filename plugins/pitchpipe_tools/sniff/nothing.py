"""The error message for a file without a usable row."""

from pitchpipe.host.host import Host
from pitchpipe_tools.sniff.findings import Findings


def why_nothing(findings: Findings, file: str, host: Host) -> str:
    """The reason why the rows give no conversation, and the options that may help."""
    choice, keys = findings.choice, findings.keys
    if choice.used:
        cure = ": leave out --format" if choice.used.place == "--format" else "; try another --format"
        return f"{file}: the format {choice.used.label} makes no conversation of any row{cure}"
    if findings.rows:
        return f"{file}: no row can be read. If the file is of another kind, say so: --option kind=csv"
    known = ", ".join(component.name for component in host.all("format"))
    first, last = (keys[0], keys[-1]) if keys else ("a", "b")
    return (
        f"{file}: no format fits its rows, which hold {', '.join(keys)}.\n"
        f"Rename columns in the recipe, as in columns: {{instruction: {first}, output: {last}}},"
        f" or say --format NAME. Known: {known}."
    )
