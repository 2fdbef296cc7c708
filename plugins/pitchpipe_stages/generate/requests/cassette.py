"""A record as JSON lines, to be read, shared and taken in again: the teacher `recorded` answers from them."""

from pathlib import Path

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.requests.record import RecordLine, RequestRecord


def write_lines(record: RequestRecord, file: Path) -> int:
    """Write every question with its reply. How many there are."""
    new, count = file.with_name(f"{file.name}.new"), 0
    with open(new, "wb") as lines:
        for line in record.lines():
            lines.write(msgspec.json.encode(line) + b"\n")
            count += 1
    new.replace(file)
    return count


def read_lines(record: RequestRecord, file: Path) -> int:
    """Take in what another record was asked. A reply that is there already stays."""
    count = 0
    with open(file, "rb") as lines:
        for count, text in enumerate(lines, 1):
            try:
                record.put(msgspec.json.decode(text, type=RecordLine))
            except msgspec.DecodeError as error:
                raise PitchpipeError(f"{file.name}:{count}: no line of a record: {error}") from None
    return count
