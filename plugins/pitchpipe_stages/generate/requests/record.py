"""The record of requests: every attempt before it is sent, every reply before it is used. Replay is resume.

One SQLite file for a run. An attempt that never got an answer stays charged at its worst cost for good: it
may have been paid. What comes together is one commit, in a thread: the loop goes on while the disk writes.
"""

import asyncio
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Reply, Usage
from pitchpipe_stages.generate.requests.budget import Charge
from pitchpipe_stages.generate.requests.packing import packed, unpacked

FILE = "asks.sqlite"
PATIENCE = 5  # seconds, for another process that is about to end
VERSION = 1

_TABLES = """
create table if not exists ask(
    n integer primary key, key text unique, teacher text, model text, request blob,
    reply blob, end text, answered_by text, problem text);
create table if not exists attempt(
    n integer primary key, ask integer, began real, worst_dollars real, worst_tokens integer,
    dollars real, tokens integer, read integer, cached integer, written integer, problem text);
create index if not exists attempts on attempt(ask);
"""
_SPENT = """
select coalesce(sum(coalesce(dollars, worst_dollars)), 0), count(*),
    coalesce(sum(coalesce(tokens, worst_tokens)), 0)
from attempt
"""

Work = Callable[[sqlite3.Connection], Any]
Came = Literal["new", "same", "other"]  # of a line that is taken in; another reply than the one that is here
Asked = tuple[str, str]  # the teacher's name in the recipe, and the model


class RecordLine(Struct, omit_defaults=True):
    """A question as a line of a file. A record that is written so is a teacher's answers anywhere."""

    key: str
    teacher: str
    model: str
    request: msgspec.Raw
    reply: Reply | None = None
    problem: str = ""


class RequestRecord:
    """The questions of a run, their replies, and what each attempt cost. One process at a time has it."""

    def __init__(self, path: Path):
        self.path = path
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._database = self._opened()

    def _opened(self) -> sqlite3.Connection:
        try:
            database = sqlite3.connect(self.path, PATIENCE, isolation_level=None, check_same_thread=False)
            for setting in ("locking_mode=exclusive", "journal_mode=wal", "synchronous=full"):
                database.execute(f"pragma {setting}")
            database.executescript(_TABLES)
            (version,) = database.execute("pragma user_version").fetchone()
            database.execute(f"pragma user_version={VERSION}")
        except sqlite3.DatabaseError as error:
            raise self._in_words(error) from error
        if version > VERSION:
            raise PitchpipeError(f"{self.path} is the record of a newer pitchpipe")
        return database

    async def __aenter__(self) -> "RequestRecord":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._writing:
            await asyncio.wait([self._writing])
        self.close()

    def close(self) -> None:
        self._database.close()

    # --- What was asked ----------------------------------------------------------------------------

    async def reply(self, key: str) -> Reply | None:
        """The reply to a question, if there is one."""
        row = await self._do(lambda database: _one(database, "select reply from ask where key = ?", key))
        return unpacked(row[0]) if row and row[0] else None

    async def begin(self, key: str, teacher: Asked, request: bytes, worst: Charge) -> int:
        """The number of an attempt that is about to be sent."""

        def work(database: sqlite3.Connection) -> int:
            database.execute(
                "insert or ignore into ask(key, teacher, model, request) values(?, ?, ?, ?)",
                (key, *teacher, zlib.compress(request)),
            )
            (number,) = _one(database, "select n from ask where key = ?", key)
            row = (number, time.time(), worst.dollars, worst.tokens)
            words = "insert into attempt(ask, began, worst_dollars, worst_tokens) values(?, ?, ?, ?)"
            return int(database.execute(words, row).lastrowid or 0)

        return int(await self._do(work))

    async def answered(self, attempt: int, key: str, reply: Reply, cost: Charge | None) -> None:
        """Keeps a reply. Without a cost, the worst one counts."""

        def work(database: sqlite3.Connection) -> None:
            words = "update ask set reply = ?, end = ?, answered_by = ?, problem = null where key = ?"
            database.execute(words, (packed(reply), reply.end, reply.model, key))
            _settle(database, attempt, cost, reply.usage, "" if cost else "estimated")

        await self._do(work)

    async def failed(self, attempt: int, key: str, problem: str, cost: Charge | None) -> None:
        """Keeps why an attempt got no reply."""

        def work(database: sqlite3.Connection) -> None:
            database.execute("update ask set problem = ? where key = ?", (problem, key))
            _settle(database, attempt, cost, None, problem)

        await self._do(work)

    def ends(self, teacher: str) -> dict[str, int]:
        """What came of all questions to a teacher. One without a reply has failed so far."""
        words = "select coalesce(end, 'failed'), count(*) from ask where teacher = ? group by 1 order by 1"
        return dict(self._database.execute(words, (teacher,)).fetchall())

    def others(self, teacher: str) -> dict[str, int]:
        """Models that answered instead of the one that was asked. A name may go on: gpt-5-2025-08-07."""
        words = "select answered_by, count(*) from ask where teacher = ? and answered_by <> ''"
        words += " and substr(answered_by, 1, length(model)) <> model group by 1 order by 1"
        return dict(self._database.execute(words, (teacher,)).fetchall())

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
        words = f"{_SPENT} where true {which} {whose}"
        dollars, requests, tokens = self._database.execute(words, {"teacher": teacher}).fetchone()
        return Charge(dollars, requests, tokens)

    # --- In and out --------------------------------------------------------------------------------

    def lines(self) -> Iterator[RecordLine]:
        """All questions, in the order in which they came."""
        rows = "select key, teacher, model, request, reply, problem from ask order by n"
        for key, teacher, model, request, reply, problem in self._database.execute(rows):
            said = unpacked(reply) if reply else None
            yield RecordLine(key, teacher, model, msgspec.Raw(zlib.decompress(request)), said, problem or "")

    def put(self, line: RecordLine) -> Came:
        """Takes in what was asked elsewhere, and costs nothing here. A reply that is here stays."""
        reply = line.reply
        here = _one(self._database, "select reply from ask where key = ?", line.key)
        if here and (here[0] or not reply):
            return "other" if here[0] and reply and unpacked(here[0]) != reply else "same"
        said = (packed(reply), reply.end, reply.model) if reply else (None, None, None)
        asked = (line.key, line.teacher, line.model, zlib.compress(bytes(line.request)))
        words = "insert into ask(key, teacher, model, request, reply, end, answered_by, problem)"
        words += " values(?, ?, ?, ?, ?, ?, ?, ?) on conflict(key) do update set reply = excluded.reply,"
        words += " end = excluded.end, answered_by = excluded.answered_by, problem = null"
        self._database.execute(words, (*asked, *said, line.problem or None))
        return "new"

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is put in here is kept, all of it, or nothing."""
        self._database.execute("begin")
        try:
            yield
            self._database.execute("commit")
        except BaseException as error:
            if self._database.in_transaction:
                self._database.execute("rollback")
            if isinstance(error, sqlite3.Error):
                raise self._in_words(error) from error
            raise

    # --- Commits -----------------------------------------------------------------------------------

    async def _do(self, work: Work) -> Any:
        """What `work` gives, when it is on the disk."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await future

    async def _write(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            try:
                results = await asyncio.to_thread(self._commit, [work for work, _ in together])
            except Exception as error:
                for _, future in together:
                    if not future.done():
                        future.set_exception(self._in_words(error))
            else:
                for (_, future), result in zip(together, results, strict=True):
                    if not future.done():
                        future.set_result(result)

    def _commit(self, works: list[Work]) -> list[Any]:
        self._database.execute("begin")
        try:
            results = [work(self._database) for work in works]
            self._database.execute("commit")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("rollback")
            raise
        return results

    def _in_words(self, error: Exception) -> Exception:
        if not isinstance(error, sqlite3.Error):
            return error
        if "locked" in str(error):
            return PitchpipeError(f"another pitchpipe asks from {self.path}: wait until it has ended")
        if "full" in str(error):
            return PitchpipeError(
                f"{self.path}: the disk is full. What was answered is kept. Make room and run again."
            )
        if "readonly" in str(error) or "unable to open" in str(error):
            return PitchpipeError(f"{self.path} cannot be written: {error}")
        return PitchpipeError(
            f"{self.path} is damaged, or no record of requests: {error}. Move it away to begin another, which"
            " asks and pays again."
        )


def _one(database: sqlite3.Connection, words: str, *values: object) -> Any:
    return database.execute(words, values).fetchone()


def _settle(
    database: sqlite3.Connection, attempt: int, cost: Charge | None, usage: Usage | None, problem: str
) -> None:
    took = (cost.dollars, cost.tokens) if cost else (None, None)
    tokens = (usage.read, usage.cached, usage.written) if usage else (None, None, None)
    words = "dollars = ?, tokens = ?, read = ?, cached = ?, written = ?, problem = ?"
    database.execute(f"update attempt set {words} where n = ?", (*took, *tokens, problem or None, attempt))
