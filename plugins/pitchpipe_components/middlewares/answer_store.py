"""Answers in a file of SQLite: bounded in size and in age, written in a thread, and whole after a kill.

The file may be read and written by several servers at once. Whatever goes wrong with it costs the answers
that it keeps, and never one that somebody waits for.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from zlib import crc32

import pitchpipe as pp

SCHEMA = """
pragma auto_vacuum = incremental;
pragma journal_mode = wal;
pragma synchronous = normal;
pragma journal_size_limit = 4194304;
create table if not exists answer (
  key blob primary key, content blob, crc integer, at real, used real, hits integer default 0);
create index if not exists by_use on answer (used);
create index if not exists by_age on answer (at);
"""
FIND = "select content, crc from answer where key = ? and at > ?"
WAITING = 1000  # writes; further ones are left out
SWEEP = 600  # seconds between two looks for answers that are too old
Tell = Callable[[str], None]


class AnswerStore:
    """Answers by key. `failed` is told what went wrong, in the thread where it did."""

    def __init__(self, path: Path, most_bytes: int, seconds: float, failed: Tell):
        self.path, self.most_bytes, self.seconds, self._failed = path, most_bytes, seconds, failed
        self._thread = ThreadPoolExecutor(1, "cache")
        self._waiting, self._lock = 0, Lock()
        self._coming = dict[bytes, bytes]()  # what will soon be written
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._files = self._read = 0  # how often the file was a new one, for the writer and for the reader
        self._swept, self.bytes = 0.0, 0

    def open(self) -> None:
        """Raises what a person must cure: a folder that cannot be written."""
        try:
            self._thread.submit(self._mended, self._begin).result()
        except (OSError, sqlite3.OperationalError) as error:
            raise pp.PitchpipeError(f"the cache cannot be kept in {self.path}: {error}") from None

    def get(self, key: bytes) -> bytes | None:
        """What is kept under a key, if it is young enough."""
        if key in self._coming:
            return self._coming[key]
        try:
            asked = (key, time.time() - self.seconds)
            found = self._reading().execute(FIND, asked).fetchone()
        except sqlite3.Error:
            self._forget_reader()
            self._later(lambda: self._met_by_reader(key))
            return None
        if found is None:
            return None
        content, crc = found
        if not isinstance(content, bytes) or crc32(content) != crc:
            self._later(lambda: self._drop(key))
            return None
        self._later(lambda: self._use(key))
        return content

    def put(self, key: bytes, content: bytes) -> None:
        """Keeps an answer soon. One that would push out many others is not kept."""
        if len(content) <= self.most_bytes // 4:
            self._coming[key] = content
            self._later(lambda: self._put(key, content), lambda: self._coming.pop(key, None))

    def close(self) -> None:
        """Writes what waits. The writer leaves last, so that its log goes into the file."""
        self._forget_reader()
        with suppress(RuntimeError):  # it is closed already
            self._thread.submit(self._end).result()
        self._thread.shutdown()

    def _reading(self) -> sqlite3.Connection:
        if self._read != self._files:
            self._forget_reader()
        if self._reader is None:
            self._read, uri = self._files, f"{self.path.absolute().as_uri()}?mode=ro"
            self._reader = sqlite3.connect(uri, uri=True, timeout=0, check_same_thread=False)
        return self._reader

    def _forget_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    # --- In the thread --------------------------------------------------------------------------

    def _later(self, work: Callable[[], None], then: Callable[[], object] = lambda: None) -> None:
        with self._lock:
            full = self._waiting >= WAITING
            self._waiting += not full
        if full:
            then()
            self._failed("the disk is slower than answers come: some are not kept")
        else:
            self._thread.submit(self._do, work, then)

    def _do(self, work: Callable[[], None], then: Callable[[], object]) -> None:
        try:
            self._mended(work)
        except (OSError, sqlite3.Error) as error:
            self._failed(f"{error}: what is said now is not kept")
        finally:
            then()
            with self._lock:
                self._waiting -= 1

    def _mended(self, work: Callable[[], None]) -> None:
        """Does something; where the file is damaged, once more with a new one."""
        try:
            work()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            aside = self._put_aside()
            self._failed(f"{self.path} is damaged ({error}): it is now {aside.name}, and a new one begins")
            work()

    def _met_by_reader(self, key: bytes) -> None:
        """Where the file is damaged for the reader, it is here too, and is mended."""
        self._database().execute(FIND, (key, 0)).fetchone()

    def _begin(self) -> None:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))  # what people asked is for its owner
        self._writer = sqlite3.connect(self.path, timeout=5, isolation_level=None, check_same_thread=False)
        self._writer.executescript(SCHEMA)
        self._sweep(time.time())
        self._writer.executescript("pragma incremental_vacuum")  # `execute` would free a single page

    def _database(self) -> sqlite3.Connection:
        if self._writer is None:
            self._begin()
        assert self._writer
        return self._writer

    def _put_aside(self) -> Path:
        self._end()
        self._files += 1
        aside = self.path.with_name(f"{self.path.name}.damaged-{int(time.time())}")
        with suppress(FileNotFoundError):
            self.path.rename(aside)
        for end in ("-wal", "-shm"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        return aside

    def _end(self) -> None:
        if self._writer is not None:
            with suppress(sqlite3.Error):
                self._writer.close()
            self._writer = None

    def _put(self, key: bytes, content: bytes) -> None:
        now = time.time()
        self._sweep(now)
        add = "insert or replace into answer (key, content, crc, at, used) values (?, ?, ?, ?, ?)"
        self._database().execute(add, (key, content, crc32(content), now, now))
        self._make_room()

    def _use(self, key: bytes) -> None:
        used = "update answer set used = ?, hits = hits + 1 where key = ?"
        self._database().execute(used, (time.time(), key))

    def _drop(self, key: bytes) -> None:
        self._database().execute("delete from answer where key = ?", (key,))
        self._failed("an answer in it is damaged: it is asked for again")

    def _sweep(self, now: float) -> None:
        if now - self._swept > SWEEP:
            self._swept = now
            self._database().execute("delete from answer where at <= ?", (now - self.seconds,))
            self._make_room()

    def _make_room(self) -> None:
        """Those that nobody asked for the longest leave, until a little more room is free than needed."""
        database = self._database()
        self.bytes = self._size()
        if self.bytes <= self.most_bytes:
            return
        excess, last = self.bytes - self.most_bytes * 49 // 50, 0.0
        for used, size in database.execute("select used, length(content) from answer order by used"):
            excess, last = excess - size, used
            if excess <= 0:
                break
        database.execute("delete from answer where used <= ?", (last,))
        self.bytes = self._size()

    def _size(self) -> int:
        ask = self._database().execute
        pages, free, size = (
            ask(f"pragma {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)
