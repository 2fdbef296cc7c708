"""Reads Parquet and Arrow files. A part only names its rows; the process that needs them reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pitchpipe import PitchpipeError, Row
from pitchpipe_components.files.lines import Unreadable
from pitchpipe_components.files.opening import OpenedFile

BATCH = 1000  # rows held in memory
PARTS = 64  # the most parts of an Arrow file


@dataclass(frozen=True)
class RowGroup:
    """A row group of a Parquet file. `first` is the number of its first row."""

    path: Path
    file: str
    group: int
    first: int

    def rows(self) -> Iterator[Row]:
        from pyarrow import parquet

        def batches() -> Iterator[Any]:
            with parquet.ParquetFile(self.path, memory_map=True, pre_buffer=False) as opened:
                yield from opened.iter_batches(BATCH, row_groups=[self.group])

        return _numbered(batches(), self.file, self.first)


@dataclass(frozen=True)
class RecordBatches:
    """RecordBatches `start` to `stop` of an Arrow file. `first` is the number of their first row."""

    path: Path
    file: str
    start: int
    stop: int
    first: int

    def rows(self) -> Iterator[Row]:
        from itertools import islice

        return _numbered(islice(_batches(self.path), self.start, self.stop), self.file, self.first)


def columnar_parts(opened: OpenedFile, kind: str) -> Iterator[RowGroup | RecordBatches | Unreadable]:
    """Cuts a Parquet or Arrow file into parts."""
    if opened.compression:
        raise PitchpipeError(f"{opened.path} is {kind} inside {opened.compression}: unpack it first")
    return _row_groups(opened) if kind == "parquet" else _batch_groups(opened)


def _row_groups(opened: OpenedFile) -> Iterator[RowGroup | Unreadable]:
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(opened.path, memory_map=True) as file:
            counts = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    except (pyarrow.ArrowException, OSError) as error:
        yield Unreadable(opened.name, 1, "", f"not Parquet: {_line(error)}")
        return
    first = 1
    for number, count in enumerate(counts):
        yield RowGroup(opened.path, opened.name, number, first)
        first += count


def _batch_groups(opened: OpenedFile) -> Iterator[RecordBatches | Unreadable]:
    """Groups neighbouring batches into few parts: to reach a batch of a stream, all before it are read."""
    import pyarrow

    counts, trouble = [], ""
    try:
        for batch in _batches(opened.path):
            counts.append(batch.num_rows)
    except (pyarrow.ArrowException, OSError) as error:
        trouble = f"not Arrow: {_line(error)}; what follows is lost"
    size, first = -(-len(counts) // PARTS) or 1, 1
    for start in range(0, len(counts), size):
        yield RecordBatches(opened.path, opened.name, start, min(start + size, len(counts)), first)
        first += sum(counts[start : start + size])
    if trouble:
        yield Unreadable(opened.name, first, "", trouble)


def _batches(path: Path) -> Iterator[Any]:
    """Yields the record batches of an Arrow file, or of an Arrow stream, which ends with its bytes."""
    import pyarrow

    with pyarrow.memory_map(str(path)) as source:
        if source.read(6) == b"ARROW1":
            file = pyarrow.ipc.open_file(source)
            yield from (file.get_batch(number) for number in range(file.num_record_batches))
            return
        source.seek(0)
        yield from pyarrow.ipc.open_stream(source)


def _numbered(batches: Iterator[Any], file: str, number: int) -> Iterator[Row]:
    """Yields the rows of batches; if a batch cannot be read, one row says so."""
    import pyarrow

    try:
        for batch in batches:
            for start in range(0, batch.num_rows, BATCH):
                for data in batch.slice(start, BATCH).to_pylist():
                    yield Row(data, file, number)
                    number += 1
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        yield Row("", file, number, f"cannot be read: {_line(error)}; what follows in this part is lost")


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]
