"""Under which licence data may be used, where it says so itself: its card on the hub, or a file beside it."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pitchpipe.records.conversation import Json

UNKNOWN = "not known"
FIRST_LINES = 60  # of a card: its header


def licence(name: str | None, revision: str | None, file: Path | None) -> str:
    """The licence of a data set on the hub, or of a file or a folder."""
    places = _on_hub(name, revision) if name else _beside(file)
    return next(filter(None, map(_said_in, places)), UNKNOWN)


def _on_hub(name: str, revision: str | None) -> Iterator[Path]:
    """The card of a data set, as it was fetched with the data or as it can be."""
    from huggingface_hub import hf_hub_download

    try:
        yield Path(hf_hub_download(name, "README.md", repo_type="dataset", revision=revision))
    except Exception:  # offline, gone, gated: a licence that cannot be read is not known
        return


def _beside(file: Path | None) -> Iterator[Path]:
    folder = file if file and file.is_dir() else file.parent if file else None
    for pattern in ("README.md", "dataset_info.json", "LICENSE*", "LICENCE*", "COPYING*"):
        yield from sorted(folder.glob(pattern)) if folder and folder.is_dir() else ()


def _said_in(file: Path) -> str:
    """The licence that a file names; of a licence itself, its first line."""
    text = file.read_text("utf-8", "replace")
    if file.suffix == ".json":
        return _of_json(text)
    if file.name == "README.md":
        header = "\n".join(text.splitlines()[:FIRST_LINES]) if text.startswith("---") else ""
        found = re.search(r"^licen[sc]e:[ \t]*(?:\n?[ \t]*-[ \t]*)?([^\n#]+)", header, re.MULTILINE)
        return found[1].strip().strip("'\"") if found else ""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _of_json(text: str) -> str:
    try:
        return str(msgspec.json.decode(text.encode(), type=Json).get("license") or "")
    except msgspec.DecodeError:
        return ""
