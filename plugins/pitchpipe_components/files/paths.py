"""Finds the files that a path means: itself, all data files of a folder, or the matches of a glob."""

import glob
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from pitchpipe_components.files.run_directories import (
    never_a_source,
    outside_runs,
    run_directory_of,
)

COMPRESSED = (".gz", ".zst", ".bz2", ".xz")
TEXT = (".txt", ".text")
DATA = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow")
# What generators leave beside their rows.
ROWS, MADE = "rows.jsonl", "made.json"
# Files that the datasets library writes beside its data.
BESIDE = ("dataset_info.json", "dataset_dict.json", "dataset_infos.json", "state.json")


class FilesOfPath(NamedTuple):
    """The files that a path means, sorted by name; and those it leads to that runs wrote, which stay out."""

    files: list[Path]
    of_runs: list[Path]


def files_of(path: Path, kind: str | None) -> FilesOfPath:
    """Finds the files that a path means."""
    return FilesOfPath(*outside_runs(sorted(_meant(path, kind))))


def _meant(path: Path, kind: str | None) -> Iterable[Path]:
    if _is_there(path):
        return [path]
    if path.is_dir():
        extensions = DATA + TEXT if kind == "text" else DATA
        return (file for file in path.rglob("*") if _is_data(file, path, extensions))
    return {Path(name) for name in glob.glob(_pattern(path), recursive=True) if _is_there(Path(name))}


def why_none(path: Path, of_runs: list[Path]) -> str:
    """Explains why a path means no file, with the nearest name that exists."""
    if run := run_directory_of(of_runs[0] if of_runs else path):
        return never_a_source(path, run)
    if path.is_dir():
        return f"no data files in {path}: it holds none of {', '.join(DATA)} (.txt only with kind: text)"
    near = get_close_matches(path.name, [file.name for file in path.parent.glob("*")], n=1)
    return f"no file {path}." + (f" Did you mean '{near[0]}'?" if near else "")


def extension(path: Path) -> str:
    """Returns a file name's extension without that of a compression."""
    name = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    return name.suffix.lower()


def _is_data(file: Path, folder: Path, extensions: tuple[str, ...]) -> bool:
    hidden = any(part.startswith((".", "_")) for part in file.relative_to(folder).parts)
    made = file.name != ROWS and all(file.with_name(name).is_file() for name in (ROWS, MADE))
    beside = made or file.name in BESIDE or file.name.startswith("cache-")
    return extension(file) in extensions and not hidden and not beside and _is_there(file)


def _is_there(path: Path) -> bool:
    """Whether there is a file, or a link to a missing one, which must not be passed over in silence."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def _pattern(path: Path) -> str:
    """Turns a path into a glob pattern; the part that exists is taken literally, even with brackets."""
    literal = Path(path.parts[0]) if path.parts else path
    rest = list(path.parts[1:])
    while rest and (literal / rest[0]).exists():
        literal /= rest.pop(0)
    if not literal.exists():
        return str(path)
    return str(Path(glob.escape(str(literal)), *rest))
