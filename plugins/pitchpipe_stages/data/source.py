"""From a loader to parts, a few thousand rows each, that any process can read; and the format of the rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, islice
from os.path import basename
from typing import Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.host.options import bind
from pitchpipe.host.plugin import Component
from pitchpipe.host.protocols import Detects, Joins, Part, Parted
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Json, Row
from pitchpipe_stages.data.sections import SourceUse

BATCH = 2000  # rows, of a loader that offers no parts
LOOKED_AT = 100  # readable rows of a source that detection reads


@dataclass
class RowBatch:
    """Rows of a loader that offers no parts, sampled; `passed_over` counts those left out."""

    held: list[Row]
    passed_over: int = 0
    renamed: bool = False

    def rows(self) -> Iterator[Row]:
        return iter(self.held)


def parts(source: SourceUse) -> Iterator[Part]:
    """The rows of a source, in parts that are the same on every machine."""
    loader = source.loader.bound
    if source.first is None and isinstance(loader, Parted):
        return iter(loader.parts())
    return _batches(numbered(loader()), source)


def numbered(rows: Iterable[Row | Json]) -> Iterator[Row]:
    """Plain dicts become rows that know only their number."""
    for number, row in enumerate(rows, 1):
        yield row if isinstance(row, Row) else Row(row, "", number)


def _batches(rows: Iterator[Row], source: SourceUse) -> Iterator[RowBatch]:
    """The sampled rows, as many as the recipe wants."""
    batch, left = RowBatch([]), -1 if source.first is None else source.first
    for row in rows:
        if left == 0:
            break
        if source.sample is not None and not in_sample(row, source):
            batch.passed_over += 1
            continue
        batch.held.append(row)
        left -= 1
        if len(batch.held) == BATCH:
            yield batch
            batch = RowBatch([])
    yield batch


def in_sample(row: Row, source: SourceUse) -> bool:
    """Whether a row is in the sample. Its place and the seed decide, so that more rows change nothing."""
    place = f"{source.seed}\0{basename(row.file)}\0{row.line}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(place, digest_size=8).digest()) < (source.sample or 0) * 2**64


# --- Detection ----------------------------------------------------------------------------------


def settle(source: SourceUse, host: Host) -> tuple[Use | None, Iterator[Part]]:
    """A source's format, named or detected, and its parts, with rows joined where the format joins them."""
    stream = parts(source)
    used = source.format
    if used is None:
        first: list[Part] = []
        readable = list(islice(_readable(stream, first), LOOKED_AT))
        stream = chain(first, stream)
        used = detect(source, [renamed(row.data, source.columns) for row in readable], host)
    if used is not None and isinstance(used.bound, Joins):
        stream = _joined(stream, used.bound, source)
    return used, stream


def _readable(stream: Iterator[Part], first: list[Part]) -> Iterator[Row]:
    """The readable rows of a stream. The parts that were taken from it are added to `first`."""
    for part in stream:
        first.append(part)
        for row in numbered(part.rows()):
            if isinstance(row.data, dict) and not row.error:
                yield row


def fits(sample: list[Json], host: Host) -> list[tuple[int, int, Component]]:
    """Each format that reads any of these rows: how many keys, how many rows, and the format."""
    found = []
    for component in host.all("format"):
        if any(option.required for option in component.options.values()):
            continue
        format = bind(component.call, {})
        if isinstance(format, Detects):
            keys = [int(format.matches(row)) for row in sample]
            if any(keys):
                found.append((sum(keys), sum(map(bool, keys)), component))
    return sorted(found, key=lambda fit: (-fit[0], fit[2].address))


def detect(source: SourceUse, sample: list[Json], host: Host) -> Use | None:
    """The one format that reads most of a source's first rows. Two that fit equally well are an error."""
    if not sample:
        return None
    found = fits(sample, host)
    best = [component for keys, _, component in found if keys == found[0][0]]
    place = source.loader.place
    if len(best) == 1:
        return Use(best[0], {}, bind(best[0].call, {}), place, best[0].name)
    if best:
        bare = [component.name for component in best]
        names = bare if len(set(bare)) == len(bare) else [component.address for component in best]
        raise PitchpipeError(f"{place}: formats {' and '.join(names)} both fit. Write format: {names[0]}")
    known = ", ".join(component.name for component in host.all("format"))
    raise PitchpipeError(
        f"{place}: no format fits the rows of '{source.name}', which hold {sorted(map(str, sample[0]))}."
        f" Write format: one of {known}; or rename columns, as in"
        f" columns: {{instruction: {next(iter(sample[0]), 'question')}}}"
    )


def renamed(row: Any, columns: dict[str, str]) -> Any:
    """A row with its columns named as the recipe says: new name: old name."""
    if not columns or not isinstance(row, dict):
        return row
    old = set(columns.values())
    kept = {name: value for name, value in row.items() if name not in old}
    return kept | {new: row[name] for new, name in columns.items() if name in row}


def _joined(stream: Iterable[Part], format: Joins, source: SourceUse) -> Iterator[RowBatch]:
    """Rows that only make sense together, as one. Memory holds all of them meanwhile."""
    if source.sample is not None:
        raise PitchpipeError(
            f"{source.loader.place}: rows of this format belong together and cannot be sampled; use first"
        )
    rows = list(numbered(chain.from_iterable(part.rows() for part in stream)))
    sound = [(number, row) for number, row in enumerate(rows) if isinstance(row.data, dict) and not row.error]
    whole = [row for row in rows if row.error or not isinstance(row.data, dict)]
    for numbers, data in format.join((number, renamed(row.data, source.columns)) for number, row in sound):
        first = rows[min(numbers)]
        whole.append(Row(data, first.file, first.line, stands_for=len(numbers)))
    for start in range(0, len(whole), BATCH):
        yield RowBatch(whole[start : start + BATCH], renamed=True)
