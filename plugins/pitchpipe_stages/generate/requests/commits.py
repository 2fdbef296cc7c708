"""What has gathered while the disk wrote is one commit. The disk writes in a thread, and the loop goes on.

Of much that has gathered the first part is one, in order: what is kept is sent on while the disk writes the
rest. Else all wait for the disk together, and then fly together. Only the commit is in the thread: two
threads that both run Python would wait for each other at every statement.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

LEAST = 16  # works of a commit, if there are as many: what comes back together is not kept all at once

Work = Callable[[sqlite3.Connection], Any]
Future = asyncio.Future[Any]


class Commits:
    """Does work on a database, together with other work that came at about the same time."""

    def __init__(self, database: sqlite3.Connection, explained: Callable[[Exception], Exception]):
        self.database, self.explained = database, explained
        self._gathered: list[tuple[Work, Future]] = []
        self._disk = ThreadPoolExecutor(1, "record of requests")
        self._at_work = False

    @property
    def idle(self) -> bool:
        """Whether the database is free to be read at once."""
        return not self._at_work

    def do(self, work: Work) -> Future:
        """What `work` gives, when it is on the disk."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._gathered.append((work, future))
        if not self._at_work:
            self._at_work = True
            loop.call_soon(self._write, loop)
        return future

    def end(self) -> None:
        """Returns when all is on the disk."""
        self._disk.shutdown()
        if self.database.in_transaction:  # the disk did not take it
            self.database.execute("rollback")
        works, self._gathered = [work for work, _ in self._gathered], []
        if works:
            self._run(works)
            self.database.execute("commit")

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        most = max(LEAST, len(self._gathered) // 4)  # a slow disk gets more at a time
        together, self._gathered = self._gathered[:most], self._gathered[most:]
        if not together:  # all was taken to the disk at the end
            return
        futures = [future for _, future in together]
        try:
            results = self._run([work for work, _ in together])
            writing = loop.run_in_executor(self._disk, self.database.execute, "commit")
        except Exception as error:
            self._failed(error, futures, loop)
        else:
            writing.add_done_callback(lambda done: self._written(done, futures, results, loop))

    def _run(self, works: list[Work]) -> list[Any]:
        self.database.execute("begin")
        return [work(self.database) for work in works]

    def _written(
        self, done: Future, futures: list[Future], results: list[Any], loop: asyncio.AbstractEventLoop
    ) -> None:
        if error := done.exception():
            assert isinstance(error, Exception)
            return self._failed(error, futures, loop)
        for future, result in zip(futures, results, strict=True):
            if not future.done():  # who waited may have been stopped
                future.set_result(result)
        loop.call_soon(self._next, loop)

    def _failed(self, error: Exception, futures: list[Future], loop: asyncio.AbstractEventLoop) -> None:
        if self.database.in_transaction:
            with suppress(sqlite3.Error):
                self.database.execute("rollback")
        for future in futures:
            if not future.done():
                future.set_exception(self.explained(error))
        loop.call_soon(self._next, loop)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        """After those who were told have said what they want to keep now."""
        self._at_work = bool(self._gathered)
        if self._at_work:
            self._write(loop)
