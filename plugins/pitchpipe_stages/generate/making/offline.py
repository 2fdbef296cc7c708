"""The record of requests as it is: it can be read where nothing can be written, and nothing is sent."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Ask, Reply
from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.generate.requests.key import as_bytes, key_of, request_of
from pitchpipe_stages.generate.requests.packing import unpacked
from pitchpipe_stages.generate.requests.sender import counts

NOT_KNOWN = "the record has no reply, and nothing is sent"


class Replies:
    """The replies of a record. One that is not there has none."""

    def __init__(self, path: Path):
        self.path = path
        self._packed: dict[str, bytes] = dict(
            read(path, "select key, reply from ask where reply is not null")
        )

    def __getitem__(self, key: str) -> Reply | None:
        kept = self._packed.get(key)
        return unpacked(kept) if kept else None


class Offline:
    """A teacher that answers from the record alone."""

    broken: PitchpipeError | None = None

    def __init__(self, use: Use, replies: Replies):
        self.use, self._replies = use, replies

    async def reply(self, ask: Ask) -> Reply:
        key = key_of(as_bytes(request_of(self.use, ask)))
        known = self._replies[key]
        reply = known if known and counts(known) else Reply("", "unsent", problem=NOT_KNOWN)
        return msgspec.structs.replace(reply, key=key)


def numbers(path: Path) -> dict[str, int]:
    """The numbers of the questions of a record, by their keys."""
    return dict(read(path, "select key, n from ask"))


def read(path: Path, words: str) -> list[Any]:
    """Rows of a record, if it is there. One that was closed well has no log beside it, or an empty one, and
    can be read where nothing can be written."""
    if not path.exists():
        return []
    log = path.with_name(f"{path.name}-wal")
    try:
        return _rows(path, words, "mode=ro" if log.exists() and log.stat().st_size else "immutable=1")
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise PitchpipeError(f"another pitchpipe asks from {path}: wait until it has ended") from None
        raise PitchpipeError(f"{path} cannot be read: {error}") from None


def _rows(path: Path, words: str, how: str) -> list[Any]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as database:
        return database.execute(words).fetchall()
