"""A record as JSON lines, to be read, shared and taken in again: the teacher `recorded` answers from them."""

from collections.abc import Iterable
from typing import BinaryIO

import msgspec
from msgspec import Struct

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.requests.key import as_bytes, key_of
from pitchpipe_stages.generate.requests.record import RecordLine, RequestRecord

DATABASE = b"SQLite format 3"
_FORM = msgspec.json.Decoder(RecordLine)


class TakenIn(Struct):
    """What came of the lines of another record."""

    new: int = 0
    same: int = 0
    other: int = 0  # with another reply than the one that is here, which stays


def write_lines(record: RequestRecord, file: BinaryIO) -> int:
    """Write every question with its reply. How many there are."""
    count = 0
    for line in record.lines():
        file.write(msgspec.json.encode(line) + b"\n")
        count += 1
    return count


def read_lines(record: RequestRecord, file: Iterable[bytes], name: str) -> TakenIn:
    """Take in what another record was asked: all of it, or nothing where a line is wrong."""
    taken = TakenIn()
    with record.at_once():
        for number, text in enumerate(file, 1):
            if not text.strip():
                continue
            if text.startswith(DATABASE):
                raise PitchpipeError(
                    f"{name} is a record itself: `pitchpipe generate export` makes lines of it"
                )
            try:
                came = record.put(_line(text))
            except ValueError as error:  # DecodeError and UnicodeDecodeError are such
                raise PitchpipeError(f"{name}:{number}: no line of a record: {error}") from None
            setattr(taken, came, getattr(taken, came) + 1)
    return taken


def _line(text: bytes) -> RecordLine:
    """A line whose key is that of its request: nothing was changed by hand or cut on the way."""
    line = _FORM.decode(text)
    request = as_bytes(msgspec.json.decode(line.request))
    if key_of(request) != line.key:
        raise ValueError(f"its key is {line.key!r}, and its request has the key {key_of(request)!r}")
    return msgspec.structs.replace(line, request=msgspec.Raw(request))
