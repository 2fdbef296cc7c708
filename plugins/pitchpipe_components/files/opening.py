"""Opens a file of any compression and encoding; its text comes out as UTF-8 bytes."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pitchpipe import PitchpipeError
from pitchpipe_components.files.compression import BLOCK, Broken, compression_of, raw, unpacked
from pitchpipe_components.files.stand_ins import archive, pointer

# UTF-32 comes before UTF-16, whose byte order mark is the beginning of UTF-32's.
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# The first bytes of Parquet, of an Arrow file, and of an Arrow stream.
COLUMNAR = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\xff\xff\xff\xff": "arrow"}


class Span(NamedTuple):
    """The place of a part in a plain file; the process that needs the part reads it."""

    path: Path
    start: int
    end: int


Text = Span | bytes


def read(text: Text) -> bytes:
    """Returns the bytes of a part."""
    if isinstance(text, bytes):
        return text
    with open(text.path, "rb") as file:
        file.seek(text.start)
        return file.read(text.end - text.start)


@dataclass(frozen=True)
class OpenedFile:
    """A file with its compression and encoding. `name` is the file name that its rows carry."""

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
        """The offset where the text begins, after a byte order mark."""
        return len(self.mark) if self.plain else 0

    def chunks(self, start: int | None = None) -> Iterator[bytes]:
        """Yields the text from an offset on, in blocks of UTF-8 without a byte order mark."""
        start = self.begin if start is None else start
        if self.plain:
            yield from raw(self.path, BLOCK, start)
            return
        for chunk in _utf8(unpacked(self.path, self.compression), self.encoding, self.mark):
            if start < len(chunk):
                yield chunk[start:]
            start = max(0, start - len(chunk))

    def text(self, start: int, block: bytes, size: int) -> Text:
        """Returns the first bytes of a block in the form that is cheapest to send to another process."""
        return Span(self.path, start, start + size) if self.plain else block[:size]


def opened(path: Path, name: str, encoding: str | None) -> OpenedFile:
    """Recognises a file's compression and encoding by its first bytes."""
    if problem := unreadable(path):
        raise PitchpipeError(problem)
    compression = compression_of(path)
    try:
        head = next(unpacked(path, compression), b"")[:4096]
    except Broken:
        head = b""
    mark = next((mark for mark in MARKS if head.startswith(mark)), b"")
    if encoding is None:
        return OpenedFile(path, name, compression, MARKS[mark] if mark else _by_zero_bytes(head), mark)
    encoding = codecs.lookup(encoding).name.replace("utf-8-sig", "utf-8")
    fits = mark and MARKS[mark].startswith(encoding)
    return OpenedFile(path, name, compression, MARKS[mark] if fits else encoding, mark if fits else b"")


def unreadable(path: Path) -> str:
    """Says what must be installed or done before a file can be read; an empty text if nothing."""
    try:
        if what := pointer(path):
            return what
        with open(path, "rb") as file:
            head = file.read(6)
    except OSError as error:
        return f"{path} cannot be opened: {error.strerror}"
    if head.startswith(b"PK\x03\x04"):
        return archive(path)
    if head.startswith(b"\x28\xb5\x2f\xfd") and find_spec("zstandard") is None:
        return f"{path} is zstd: reading it needs zstandard, pip install 'pitchpipe[data]'"
    if head.startswith(tuple(COLUMNAR)) and find_spec("pyarrow") is None:
        return f"{path} is Parquet or Arrow: reading it needs pyarrow, pip install 'pitchpipe[data]'"
    return ""


def _by_zero_bytes(head: bytes) -> str:
    """Recognises UTF-16 without a byte order mark: in ASCII text every other byte is zero.

    Binary files have zeros too, such as the numbers in Arrow; long runs of them are in no text.
    """
    if head.startswith(tuple(COLUMNAR)) or bytes(8) in head:
        return "utf-8"
    half = max(1, len(head) // 2)
    even, odd = head[::2].count(0) / half, head[1::2].count(0) / half
    if max(even, odd) < 0.3 or min(even, odd) > 0.1:
        return "utf-8"
    return "utf-16-le" if odd > even else "utf-16-be"


def _marked(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\udcff", error.end


def _utf8(chunks: Iterator[bytes], encoding: str, mark: bytes) -> Iterator[bytes]:
    """Turns text of any encoding into UTF-8; an undecodable byte becomes 0xff, which no UTF-8 text holds."""
    codecs.register_error("pitchpipe.keep", _marked)
    decoder = codecs.getincrementaldecoder(encoding)("pitchpipe.keep")
    for chunk in chunks:
        chunk, mark = chunk.removeprefix(mark), b""
        yield chunk if encoding == "utf-8" else decoder.decode(chunk).encode("utf-8", "surrogateescape")
    if encoding != "utf-8" and (rest := decoder.decode(b"", True)):
        yield rest.encode("utf-8", "surrogateescape")
