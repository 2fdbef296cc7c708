"""The files of a journal: whole lines, one file after the other, and the oldest leave."""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pitchpipe_components.served.lines import journals

READ = 1 << 16  # bytes


class JournalFiles:
    """Appends lines to the files of a folder. Each file belongs to one server at a time, which locks it."""

    def __init__(self, folder: Path, most_bytes: int, keep_bytes: int, say: Callable[[str], None]):
        self.folder, self.most_bytes, self.keep_bytes, self.say = folder, most_bytes, keep_bytes, say
        self._file: int | None = None
        self._path, self._size = folder, 0

    def append(self, line: bytes) -> None:
        """A line at the end. Where the disk takes only a part of it, none of it stays."""
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        full = self._size and self._size + len(line) > self.most_bytes
        if self._file is None or full or f"journal-{day}-" not in self._path.name:
            self.close()
            self._open(day, len(line))
        assert self._file is not None
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(self._file, left) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(line)

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                os.fsync(self._file)
            os.close(self._file)
            self._file, self._size = None, 0

    def _open(self, day: str, room: int) -> None:
        """Goes on with the last file of the day if there is room in it, and nobody else writes to it."""
        paths = list(self.folder.glob(f"journal-{day}-*.jsonl"))
        last = max((_number(path) for path in paths), default=0)
        if not (paths and self._taken(_path(self.folder, day, last), room)):
            while not self._made(_path(self.folder, day, last := last + 1)):
                pass
            self._leave()

    def _taken(self, path: Path, room: int) -> bool:
        file = os.open(path, os.O_RDWR | os.O_APPEND)
        if not _locked(file):
            os.close(file)
            return False
        size = _mended(file)
        if size + room > self.most_bytes:
            os.close(file)
            return False
        self._file, self._path, self._size = file, path, size
        return True

    def _made(self, path: Path) -> bool:
        try:
            file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        if not _locked(file):  # another server was quicker to take it up than this one to lock it
            os.close(file)
            return False
        self._file, self._path, self._size = file, path, 0
        return True

    def _leave(self) -> None:
        """Removes the oldest files until there is room for the one that has begun."""
        others = [path for path in journals(self.folder) if path != self._path]
        sizes = [_size(path) for path in others]
        excess = sum(sizes) + self.most_bytes - self.keep_bytes
        for path, size in zip(others, sizes, strict=True):
            if excess <= 0:
                break
            if _is_free(path):
                path.unlink(missing_ok=True)
                excess -= size
                self.say(
                    f"journal: {path.name} has left: all files together have"
                    f" {self.keep_bytes / 2**20:g} megabytes (keep)"
                )


def _number(path: Path) -> int:
    last = path.stem.rpartition("-")[2]
    return int(last) if last.isdecimal() else 0


def _path(folder: Path, day: str, number: int) -> Path:
    return folder / f"journal-{day}-{number:04}.jsonl"


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(path: Path) -> bool:
    """Whether no server writes to it."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return _locked(file)
    finally:
        os.close(file)


def _mended(file: int) -> int:
    """Cuts off half a line that a kill has left, and gives the size."""
    end = size = os.fstat(file).st_size
    while end:
        start = max(0, end - READ)
        newline = os.pread(file, end - start, start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end < size:
        os.ftruncate(file, end)
    return end
