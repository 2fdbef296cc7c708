"""Reads a record of requests and changes nothing: what was asked by a key, and what it cost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from pitchpipe.host.contracts import Reply
from pitchpipe.records.conversation import Json
from pitchpipe_stages.generate.requests.budget import Charge
from pitchpipe_stages.generate.requests.database import in_words, to_read
from pitchpipe_stages.generate.requests.packing import unpacked, unpacked_request
from pitchpipe_stages.generate.requests.record import SPENT


class RecordedAsk(Struct):
    """A question, what came of it, and what all its attempts cost."""

    number: int
    key: str
    teacher: str
    model: str
    request: Json
    reply: Reply | None
    problem: str
    cost: Charge


class ReadRecord:
    """The questions of a record."""

    def __init__(self, database: sqlite3.Connection):
        self._database = database

    def exchange(self, key: str) -> RecordedAsk | None:
        """The question with this key, or with a key that begins so."""
        return self._found("key >= ? and key < ? order by key limit 1", key, f"{key}g")

    def numbered(self, number: int) -> RecordedAsk | None:
        return self._found("n = ?", number)

    def _found(self, which: str, *values: str | int) -> RecordedAsk | None:
        columns = "n, key, teacher, model, request, reply, problem"
        found = self._database.execute(f"select {columns} from ask where {which}", values).fetchone()
        if not found:
            return None
        number, key, teacher, model, request, reply, problem = found
        asked = msgspec.json.decode(unpacked_request(request))
        said = unpacked(reply) if reply else None
        return RecordedAsk(number, key, teacher, model, asked, said, problem or "", self.cost(number))

    def cost(self, number: int) -> Charge:
        """What the attempts of a question cost; one without an answer counts at its worst."""
        return Charge(*self._database.execute(f"{SPENT} where ask = ?", (number,)).fetchone())

    def replies(self) -> int:
        (count,) = self._database.execute("select count(*) from ask where reply is not null").fetchone()
        return int(count)

    def numbers(self) -> dict[str, int]:
        """Those of all questions, by their keys."""
        return dict(self._database.execute("select key, n from ask").fetchall())

    def spent(self) -> Charge:
        return Charge(*self._database.execute(SPENT).fetchone())


@contextmanager
def reading(path: Path) -> Iterator[ReadRecord]:
    """Opens a record that nobody is asking from."""
    try:
        with closing(to_read(path)) as database:
            yield ReadRecord(database)
    except sqlite3.Error as error:
        raise in_words(error, path) from None
