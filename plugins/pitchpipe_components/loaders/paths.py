"""Which files a path means: itself, all data files of a folder, or what a glob finds."""

import glob
from difflib import get_close_matches
from pathlib import Path

COMPRESSED = (".gz", ".zst", ".bz2", ".xz")
TEXT = (".txt", ".text")
DATA = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow")
# What the datasets library writes beside its data.
BESIDE = ("dataset_info.json", "dataset_dict.json", "dataset_infos.json", "state.json")


def files_of(path: Path, kind: str | None) -> list[Path]:
    """The files that a path means, in the order of their names."""
    if path.is_file():
        return [path]
    if path.is_dir():
        wanted = DATA + TEXT if kind == "text" else DATA
        return sorted(file for file in path.rglob("*") if _is_data(file, path, wanted))
    found = glob.glob(_pattern(path), recursive=True)
    return sorted({Path(name) for name in found if Path(name).is_file()})


def why_none(path: Path) -> str:
    """What to say where a path means no file, with the nearest name there is."""
    if path.is_dir():
        return f"no data files in {path}: it holds none of {', '.join(DATA)} (.txt only with kind: text)"
    near = get_close_matches(path.name, [file.name for file in path.parent.glob("*")], n=1)
    return f"no file {path}." + (f" Did you mean '{near[0]}'?" if near else "")


def extension(path: Path) -> str:
    """What a name ends in, seen through the ending of a compression."""
    name = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    return name.suffix.lower()


def _is_data(file: Path, folder: Path, wanted: tuple[str, ...]) -> bool:
    hidden = any(part.startswith((".", "_")) for part in file.relative_to(folder).parts)
    beside = file.name in BESIDE or file.name.startswith("cache-")
    return extension(file) in wanted and not hidden and not beside and file.is_file()


def _pattern(path: Path) -> str:
    """A path as a glob: the part of it that exists is meant literally, brackets and all."""
    literal = Path(path.parts[0]) if path.parts else path
    rest = list(path.parts[1:])
    while rest and (literal / rest[0]).exists():
        literal /= rest.pop(0)
    if not literal.exists():
        return str(path)
    return str(Path(glob.escape(str(literal)), *rest))
