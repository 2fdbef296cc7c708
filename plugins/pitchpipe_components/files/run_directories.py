"""Knows run directories by what is in them, whatever they are called.

What a run wrote is never a source: its prepared rows hold those that it keeps for its test.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

WRITTEN = ("ledger.jsonl", "prepared", "rows")  # beside `.lock`, where run.json is gone or damaged
Known = dict[Path, Path | None]


def run_directory_of(path: Path) -> Path | None:
    """Returns the run directory that a path is, or that it lies in. Links are followed."""
    return _around(path.resolve(), {})


def outside_runs(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Parts files into those outside of run directories and those inside."""
    known: Known = {}
    outside: list[Path] = []
    inside: list[Path] = []
    for path in paths:
        (inside if _around(path.resolve().parent, known) else outside).append(path)
    return outside, inside


def never_a_source(path: Path, run: Path) -> str:
    """Explains why a run's files are no source, and what to name instead."""
    place = "is a run directory" if path.resolve() == run else f"leads into the run directory {run}"
    return (
        f"{path} {place}: what a run wrote is never a source, since it holds the rows kept for the test."
        f" Name the data that the run read (it stands in {run / 'recipe.json'}), or copy a file out of it."
    )


def _around(path: Path, known: Known) -> Path | None:
    """Returns the nearest run directory, upwards. `known` keeps the answer for each folder."""
    if path not in known:
        above = None if path.parent == path else _around(path.parent, known)
        known[path] = path if _holds_a_run(path) else above
    return known[path]


def _holds_a_run(folder: Path) -> bool:
    try:
        record = msgspec.json.decode((folder / "run.json").read_bytes())
        return isinstance(record, dict) and isinstance(record.get("stages"), dict) and "recipe" in record
    except (OSError, ValueError):
        return (folder / ".lock").exists() and any((folder / name).exists() for name in WRITTEN)
