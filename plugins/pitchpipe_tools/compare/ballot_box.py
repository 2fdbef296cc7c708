"""The votes on disk: one SQLite file, which several raters and several processes use at once."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from threading import Lock
from typing import NamedTuple

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.compare.duels import Duel
from pitchpipe_tools.compare.vote import Vote

VERSION = 1
PATIENCE = 30  # seconds that one process waits for another
TABLES = """
create table if not exists known (name text primary key, value text not null);
create table if not exists duels (key text primary key, duel text not null);
create table if not exists raters (
    number integer primary key autoincrement, key text not null unique, name text not null, at text not null);
create table if not exists votes (
    number integer primary key autoincrement, rater integer not null references raters(number),
    duel text not null references duels(key), again integer not null, vote text not null,
    unique (rater, duel, again));
"""


class Rater(NamedTuple):
    """A rater; the key is the link's."""

    number: int
    key: str
    name: str


class VoteTaken(Exception):
    """The rater has voted on this already, from another screen or before."""


class BallotBox:
    """What raters said. A vote is on disk when `put` returns."""

    def __init__(self, file: Path):
        self.file, self._lock = file, Lock()
        try:
            self._open(file)
        except sqlite3.DatabaseError as error:
            raise PitchpipeError(f"{file} cannot be used for votes: {error}") from None

    def _open(self, file: Path) -> None:
        self._base = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False, isolation_level=None)
        self._base.execute("pragma journal_mode = wal")
        self._base.execute("pragma synchronous = full")  # a vote outlives a loss of power
        self._base.execute("pragma foreign_keys = on")
        self._base.executescript(TABLES)
        if (version := self.secret("version", str(VERSION))) != str(VERSION):
            raise PitchpipeError(f"{file} is of another pitchpipe (version {version}, not {VERSION})")

    def close(self) -> None:
        with self._lock:
            self._base.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """All of it is committed or nothing."""
        with self._lock:
            self._base.execute("begin immediate")
            try:
                yield self._base
            except BaseException:
                if self._base.in_transaction:  # where the disk is full, SQLite has ended it already
                    self._base.execute("rollback")
                raise
            self._base.execute("commit")

    def _read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self._lock:
            return self._base.execute(query, values).fetchall()

    # --- Secrets, duels and raters -----------------------------------------------------------------

    def secret(self, name: str, first: str = "") -> str:
        """A value that stays the same, so that links do."""
        with self._writing() as base:
            base.execute("insert or ignore into known values (?, ?)", (name, first or token_urlsafe(18)))
            return str(base.execute("select value from known where name = ?", (name,)).fetchone()[0])

    def keep_duels(self, duels: Mapping[str, Duel]) -> None:
        """Votes can be read without the runs."""
        rows = [(key, msgspec.json.encode(duel).decode()) for key, duel in duels.items()]
        with self._writing() as base:
            base.executemany("insert or ignore into duels values (?, ?)", rows)

    def duels(self) -> dict[str, Duel]:
        rows = self._read("select key, duel from duels")
        return {str(key): msgspec.json.decode(str(duel), type=Duel) for key, duel in rows}

    def new_rater(self, name: str) -> Rater:
        key = token_urlsafe(18)
        with self._writing() as base:
            base.execute("insert into raters (key, name, at) values (?, ?, ?)", (key, name, _now()))
            number = base.execute("select number from raters where key = ?", (key,)).fetchone()[0]
        return Rater(number, key, name)

    def rater(self, key: str) -> Rater | None:
        found = self._read("select number, key, name from raters where key = ?", key)
        return Rater(*found[0]) if found else None  # type: ignore[arg-type]

    def raters(self) -> list[Rater]:
        return [Rater(*row) for row in self._read("select number, key, name from raters")]  # type: ignore[arg-type]

    # --- Votes -------------------------------------------------------------------------------------

    def put(self, vote: Vote, replaces: int | None = None) -> None:
        """Keeps a vote. Where there is one already, it is replaced only by one who has seen it."""
        place = (vote.rater, vote.duel, vote.again)
        with self._writing() as base:
            found = base.execute(
                "select number, vote from votes where rater = ? and duel = ? and again = ?", place
            ).fetchone()
            if found is None:
                base.execute(
                    "insert into votes (rater, duel, again, vote) values (?, ?, ?, ?)",
                    (*place, _line(vote)),
                )
                return
            earlier = msgspec.json.decode(found[1], type=Vote)
            if earlier.attempt == vote.attempt:
                return  # the same one, sent twice
            if found[0] != replaces:
                raise VoteTaken
            base.execute("update votes set vote = ? where number = ?", (_line(vote), found[0]))

    def votes(self, rater: int | None = None) -> list[Vote]:
        """In the order in which they were given first."""
        where = "" if rater is None else " where rater = ?"
        rows = self._read(
            f"select number, vote from votes{where} order by number", *([] if rater is None else [rater])
        )
        return [
            msgspec.structs.replace(msgspec.json.decode(str(vote), type=Vote), number=int(str(number)))
            for number, vote in rows
        ]

    def changes(self) -> int:
        """Another number after each vote, of any process."""
        with self._lock:
            own = self._base.total_changes
            return own + (1 << 32) * int(self._base.execute("pragma data_version").fetchone()[0])


def _line(vote: Vote) -> str:
    return msgspec.json.encode(msgspec.structs.replace(vote, at=vote.at or _now())).decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
