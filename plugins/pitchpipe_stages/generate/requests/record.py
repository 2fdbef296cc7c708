"""The record of requests: every attempt before it is sent, every reply before it is used. Replay is resume.

One SQLite file for a run. An attempt that never got an answer stays charged at its worst cost for good: it
may have been paid.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Reply, Usage
from pitchpipe_stages.generate.requests.budget import Charge
from pitchpipe_stages.generate.requests.commits import Commits, Work
from pitchpipe_stages.generate.requests.database import in_words, is_writable, opened
from pitchpipe_stages.generate.requests.packing import packed, packed_request, unpacked, unpacked_request
from pitchpipe_stages.generate.requests.same_model import is_same

FILE = "asks.sqlite"

SPENT = """
select coalesce(sum(coalesce(dollars, worst_dollars)), 0), count(*),
    coalesce(sum(coalesce(tokens, worst_tokens)), 0)
from attempt
"""

Asked = tuple[str, str]  # the teacher's name in the recipe, and the model
Came = Literal["new", "same", "other"]  # of a line that is taken in; another reply than the one that is here


class RecordLine(Struct, omit_defaults=True):
    """A question as a line of a file. A record that is written so is a teacher's answers anywhere."""

    key: str
    teacher: str
    model: str
    request: msgspec.Raw
    reply: Reply | None = None
    problem: str = ""


class RequestRecord:
    """The questions of a run, their replies, and what each attempt cost. One process at a time has it.

    `asked` are the questions that are asked right now, by their keys.
    """

    def __init__(self, path: Path):
        self.path, self.writable = path, is_writable(path)
        self.asked: dict[str, asyncio.Future[Reply | None]] = {}
        self._database = opened(path)
        self._commits = Commits(self._database, lambda error: in_words(error, path))
        self._answered = {
            key for (key,) in self._database.execute("select key from ask where reply is not null")
        }

    async def __aenter__(self) -> "RequestRecord":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """What waits is on the disk first."""
        try:
            self._commits.end()
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error
        finally:
            self._database.close()

    # --- What was asked ----------------------------------------------------------------------------

    async def reply(self, key: str) -> Reply | None:
        """The reply to a question, if there is one."""
        if key not in self._answered:
            return None

        def work(database: sqlite3.Connection) -> Any:
            return _one(database, "select reply from ask where key = ?", key)

        # While the disk writes, the database is not free.
        (kept,) = await self._commits.do(work) if not self._commits.idle else work(self._database)
        return unpacked(kept)

    async def begin(self, key: str, teacher: Asked, request: bytes, worst: Charge) -> int:
        """The number of an attempt that is about to be sent."""

        def work(database: sqlite3.Connection) -> int:
            words = "insert or ignore into ask(key, teacher, model, request) values(?, ?, ?, ?)"
            database.execute(words, (key, *teacher, packed_request(request)))
            words = "insert into attempt(ask, began, worst_dollars, worst_tokens)"
            words += " select n, ?, ?, ? from ask where key = ?"
            row = (time.time(), worst.dollars, worst.tokens, key)
            return int(database.execute(words, row).lastrowid or 0)

        return int(await self._do(work))

    def answered(self, attempt: int, key: str, reply: Reply, cost: Charge | None) -> Awaitable[None]:
        """Keeps a reply, with all that is kept after it or before. Without a cost, the worst one counts."""

        def work(database: sqlite3.Connection) -> None:
            words = "update ask set reply = ?, end = ?, answered_by = ?, problem = null where key = ?"
            database.execute(words, (packed(reply), reply.end, reply.model, key))
            _settle(database, attempt, cost, reply.usage, "" if cost else "estimated")

        def written(done: asyncio.Future[None]) -> None:
            if not done.cancelled() and not done.exception():
                self._answered.add(key)

        future = self._do(work)
        future.add_done_callback(written)
        return future

    async def failed(self, attempt: int, key: str, problem: str, cost: Charge | None) -> None:
        """Keeps why an attempt got no reply."""

        def work(database: sqlite3.Connection) -> None:
            database.execute("update ask set problem = ? where key = ?", (problem, key))
            _settle(database, attempt, cost, None, problem)

        await self._do(work)

    def _do(self, work: Work) -> asyncio.Future[Any]:
        """What `work` gives, when it is on the disk."""
        if not self.writable:
            raise PitchpipeError(f"{self.path} cannot be written, and what is not in it cannot be asked")
        return self._commits.do(work)

    def ends(self, teacher: str) -> dict[str, int]:
        """What came of all questions to a teacher. One without a reply has failed so far."""
        words = "select coalesce(end, 'failed'), count(*) from ask where teacher = ? group by 1 order by 1"
        return dict(self._database.execute(words, (teacher,)).fetchall())

    def others(self, teacher: str) -> dict[str, int]:
        """Models that answered instead of the one that was asked."""
        words = "select model, answered_by, count(*) from ask where teacher = ? and answered_by <> ''"
        rows = self._database.execute(f"{words} group by 1, 2 order by 2", (teacher,)).fetchall()
        return {other: count for model, other, count in rows if not is_same(model, other)}

    # --- What it cost ------------------------------------------------------------------------------

    def spent(self, teacher: str | None = None) -> Charge:
        """All that was ever spent, on a teacher or on all, attempts without an answer at their worst cost."""
        return self._sum("", teacher)

    def lost(self, teacher: str) -> Charge:
        """What is charged for attempts that a kill or a failure left without an answer."""
        return self._sum("and dollars is null and attempt.problem is not 'estimated'", teacher)

    def estimated(self, teacher: str) -> Charge:
        """What is charged for replies that did not say what they took."""
        return self._sum("and attempt.problem = 'estimated'", teacher)

    def _sum(self, which: str, teacher: str | None) -> Charge:
        whose = "" if teacher is None else "and ask in (select n from ask where teacher = :teacher)"
        words = f"{SPENT} where true {which} {whose}"
        return Charge(*self._database.execute(words, {"teacher": teacher}).fetchone())

    # --- In and out --------------------------------------------------------------------------------

    def lines(self) -> Iterator[RecordLine]:
        """All questions, in the order in which they came."""
        rows = "select key, teacher, model, request, reply, problem from ask order by n"
        for key, teacher, model, request, reply, problem in self._database.execute(rows):
            said = unpacked(reply) if reply else None
            yield RecordLine(key, teacher, model, unpacked_request(request), said, problem or "")

    def put(self, line: RecordLine) -> Came:
        """Takes in what was asked elsewhere, and costs nothing here. A reply that is here stays."""
        reply = line.reply
        here = _one(self._database, "select reply from ask where key = ?", line.key)
        if here and (here[0] or not reply):
            return "other" if here[0] and reply and unpacked(here[0]) != reply else "same"
        said = (packed(reply), reply.end, reply.model) if reply else (None, None, None)
        asked = (line.key, line.teacher, line.model, packed_request(bytes(line.request)))
        words = "insert into ask(key, teacher, model, request, reply, end, answered_by, problem)"
        words += " values(?, ?, ?, ?, ?, ?, ?, ?) on conflict(key) do update set reply = excluded.reply,"
        words += " end = excluded.end, answered_by = excluded.answered_by, problem = null"
        self._database.execute(words, (*asked, *said, line.problem or None))
        if reply:
            self._answered.add(line.key)
        return "new"

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is put in here is kept, all of it, or nothing."""
        try:
            self._database.execute("begin immediate")
            yield
            self._database.execute("commit")
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error
        finally:
            if self._database.in_transaction:
                self._database.execute("rollback")


def _one(database: sqlite3.Connection, words: str, *values: object) -> Any:
    return database.execute(words, values).fetchone()


def _settle(
    database: sqlite3.Connection, attempt: int, cost: Charge | None, usage: Usage | None, problem: str
) -> None:
    took = (cost.dollars, cost.tokens) if cost else (None, None)
    tokens = (usage.read, usage.cached, usage.written) if usage else (None, None, None)
    words = "dollars = ?, tokens = ?, read = ?, cached = ?, written = ?, problem = ?"
    database.execute(f"update attempt set {words} where n = ?", (*took, *tokens, problem or None, attempt))
