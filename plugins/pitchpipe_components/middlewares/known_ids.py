"""The ids of answers that a journal holds, the latest ones: what is said of others is not believed."""

import mmap
import re
from hashlib import blake2b
from pathlib import Path

from pitchpipe_components.served.lines import journals

_ID = re.compile(rb'^\{"id":"([^"\\]+)"', re.MULTILINE)


class KnownIds:
    """So many ids, as numbers. The oldest is forgotten first."""

    def __init__(self, most: int):
        self.most = most
        self._numbers = dict[int, None]()

    def __contains__(self, id: str) -> bool:
        return _number(id.encode()) in self._numbers

    def add(self, id: str) -> None:
        self._add(_number(id.encode()))

    def read(self, folder: Path) -> None:
        """Those of files that are there."""
        found = list[int]()
        for path in reversed(journals(folder)):
            found += reversed(_ids_in(path))
            if len(found) >= self.most:
                break
        for number in reversed(found[: self.most]):
            self._add(number)

    def _add(self, number: int) -> None:
        self._numbers[number] = None
        if len(self._numbers) > self.most:
            del self._numbers[next(iter(self._numbers))]


def _ids_in(path: Path) -> list[int]:
    if not path.stat().st_size:
        return []
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return [_number(found[1]) for found in _ID.finditer(content)]


def _number(id: bytes) -> int:
    return int.from_bytes(blake2b(id, digest_size=8).digest())
