"""Open a file, whatever compression and encoding it comes in: from here on all text is UTF-8 bytes."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pitchpipe import PitchpipeError
from pitchpipe_components.loaders.compression import BLOCK, Broken, compression_of, raw, unpacked

# The long mark of UTF-32 begins like that of UTF-16.
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


class Span(NamedTuple):
    """Where a part of a plain file stands. The process that needs it reads it."""

    path: Path
    start: int
    end: int


Text = Span | bytes


def read(text: Text) -> bytes:
    """The bytes of a part."""
    if isinstance(text, bytes):
        return text
    with open(text.path, "rb") as file:
        file.seek(text.start)
        return file.read(text.end - text.start)


@dataclass(frozen=True)
class Opened:
    """A file with its compression and encoding. `name` is what its rows call it."""

    path: Path
    name: str
    compression: str = ""
    encoding: str = "utf-8"
    mark: bytes = b""

    @property
    def plain(self) -> bool:
        return not self.compression and self.encoding == "utf-8"

    @property
    def begin(self) -> int:
        """Where its text begins."""
        return len(self.mark) if self.plain else 0

    def chunks(self, start: int | None = None) -> Iterator[bytes]:
        """Its text as UTF-8 without a byte order mark, in blocks, from an offset on."""
        start = self.begin if start is None else start
        if self.plain:
            yield from raw(self.path, BLOCK, start)
            return
        for chunk in _utf8(unpacked(self.path, self.compression), self.encoding, self.mark):
            if start < len(chunk):
                yield chunk[start:]
            start = max(0, start - len(chunk))

    def text(self, start: int, block: bytes) -> Text:
        """A block that begins at an offset, in the form that is cheapest to send to another process."""
        return Span(self.path, start, start + len(block)) if self.plain else block


def opened(path: Path, name: str, encoding: str | None) -> Opened:
    """Look at the first bytes of a file."""
    if problem := unreadable(path):
        raise PitchpipeError(problem)
    compression = compression_of(path)
    try:
        head = next(unpacked(path, compression), b"")[:4096]
    except Broken:
        head = b""
    mark = next((mark for mark in MARKS if head.startswith(mark)), b"")
    if encoding is None:
        return Opened(path, name, compression, MARKS[mark] if mark else _by_zero_bytes(head), mark)
    encoding = codecs.lookup(encoding).name.replace("utf-8-sig", "utf-8")
    fits = mark and MARKS[mark].startswith(encoding)
    return Opened(path, name, compression, MARKS[mark] if fits else encoding, mark if fits else b"")


def unreadable(path: Path) -> str:
    """What must be installed or done before a file can be read, or nothing."""
    try:
        with open(path, "rb") as file:
            head = file.read(6)
    except OSError as error:
        return f"{path} cannot be opened: {error.strerror}"
    if head.startswith(b"PK\x03\x04"):
        return f"{path} is a zip archive: unpack it, and name what was in it"
    if head.startswith(b"\x28\xb5\x2f\xfd") and find_spec("zstandard") is None:
        return f"{path} is zstd: reading it needs zstandard, pip install 'pitchpipe[data]'"
    if head.startswith((b"PAR1", b"ARROW1", b"\xff\xff\xff\xff")) and find_spec("pyarrow") is None:
        return f"{path} is Parquet or Arrow: reading it needs pyarrow, pip install 'pitchpipe[data]'"
    return ""


def _by_zero_bytes(head: bytes) -> str:
    """UTF-16 without a mark has a zero in every other byte of what is ASCII."""
    half = max(1, len(head) // 2)
    even, odd = head[::2].count(0) / half, head[1::2].count(0) / half
    if max(even, odd) < 0.3 or min(even, odd) > 0.1:
        return "utf-8"
    return "utf-16-le" if odd > even else "utf-16-be"


def _utf8(chunks: Iterator[bytes], encoding: str, mark: bytes) -> Iterator[bytes]:
    """Text in any encoding as UTF-8. A byte that means nothing stays one that means nothing: 0xff."""
    codecs.register_error("pitchpipe.keep", lambda error: ("\udcff", error.end))  # type: ignore[attr-defined]
    decoder = codecs.getincrementaldecoder(encoding)("pitchpipe.keep")
    for chunk in chunks:
        chunk, mark = chunk.removeprefix(mark), b""
        yield chunk if encoding == "utf-8" else decoder.decode(chunk).encode("utf-8", "surrogateescape")
    if encoding != "utf-8" and (rest := decoder.decode(b"", True)):
        yield rest.encode("utf-8", "surrogateescape")
