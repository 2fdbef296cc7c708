"""Writes the lines of a journal in a thread, so that nobody waits for masking or for the disk."""

from collections.abc import Callable
from queue import Full, Queue
from threading import Thread

from pitchpipe_components.middlewares.journal_files import JournalFiles

WAITING = 2000  # lines; further ones are lost, and counted

Line = Callable[[], bytes]  # it may be empty, for work that writes nothing


class JournalWriter:
    """A queue of lines that are made and written. `lost` is told, in some thread, of each that is not."""

    def __init__(self, files: JournalFiles, lost: Callable[[str], None], waiting: int = WAITING):
        self.files, self._lost = files, lost
        self._queue = Queue[Line | None](waiting)
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def add(self, line: Line) -> None:
        try:
            self._queue.put_nowait(line)
        except Full:
            self._lost("the disk is slower than answers come: some are not written")

    def close(self) -> None:
        """Writes what waits."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (line := self._queue.get()) is not None:
            try:
                if written := line():
                    self.files.append(written)
            except Exception as error:  # whatever is wrong with one line, the next one is written
                self._lost(f"{error}: some answers are not written")
        self.files.close()
