"""The folders of generated rows that a run has read."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from pitchpipe_stages.generate.making.place import MADE, ROWS
from pitchpipe_stages.generate.requests.record import FILE
from pitchpipe_stages.prepare.history import History


def is_generated(folder: Path) -> bool:
    """Whether generators made it; without rows, they were stopped before any were written."""
    return any((folder / name).is_file() for name in (ROWS, FILE)) and not (folder / "run.json").exists()


def folders_read(history: History) -> list[Path]:
    """Those that are there still, with what generation told of them."""
    found: dict[Path, None] = {}
    known = set[str]()
    for name, shard in history.shards():
        if name in known:
            continue
        for conversation in shard.base().alive().values():
            known.add(name)
            if isinstance(conversation.meta.get("made"), dict):
                at = next(places(history.run, Path(conversation.source.file).parent), None)
                found |= {at.resolve(): None} if at and (at / MADE).is_file() else {}
            break
    return list(found)


def places(run: Path, named: Path) -> Iterator[Path]:
    """Where rows are that a run calls so: seen from here, from the folder of the runs, from the recipe."""
    seen = [named, run.resolve().parent.parent / named]
    with suppress(OSError, LookupError, msgspec.DecodeError):
        seen.append(Path(msgspec.json.decode((run / "run.json").read_bytes())["recipe"]).parent / named)
    yield from filter(is_generated, seen)
