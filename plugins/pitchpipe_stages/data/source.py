"""From a loader to parts, a few thousand rows each, that any process can read; and the format of the rows."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from os.path import basename
from typing import Any, NamedTuple

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.host import Host
from pitchpipe.host.options import bind
from pitchpipe.host.plugin import Component
from pitchpipe.host.protocols import Detects, Joins, Part, Parted
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation, Json, Row
from pitchpipe.records.verdict import Verdict
from pitchpipe_stages.data.judged import Judged, kind_of, look
from pitchpipe_stages.data.sections import SourceUse
from pitchpipe_stages.learns import Learns

BATCH = 2000  # rows, of a loader that offers no parts
SPEAKERS = frozenset(("role", "from", "speaker"))  # keys of a turn
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
    """Plain dicts become rows that know their number, and a bare list of turns an object that holds it."""
    for number, row in enumerate(rows, 1):
        row = row if isinstance(row, Row) else Row(row, "", number)
        if isinstance(row.data, list) and row.data and all(map(_speaks, row.data)):
            row.data = {"messages": row.data}
        yield row


def _speaks(turn: Any) -> bool:
    """Whether a value says who speaks."""
    return isinstance(turn, dict) and not SPEAKERS.isdisjoint(turn)


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


class Settled(NamedTuple):
    """A source's format, its parts, and what its first rows show of columns that judge replies."""

    format: Use | None
    parts: Iterator[Part]
    judged: Judged


def settle(source: SourceUse, host: Host, learned: Learns = "replies") -> Settled:
    """A source's format, named or detected, and its parts, with rows joined where the format joins them."""
    stream, first = parts(source), list[Part]()
    sample = [renamed(row, source.columns) for row in _first_rows(source, stream, first)]
    stream = chain(first, stream)
    used = source.format or detect(source, sample, host, learned)
    judged = Judged()
    if used is not None and isinstance(used.bound, Joins):
        stream = _joined(stream, used.bound, source)
    elif used is not None and source.undesired == "drop":
        judged = look(_read(sample, used))
    return Settled(used, stream, judged)


def _first_rows(source: SourceUse, stream: Iterator[Part], first: list[Part]) -> list[Json]:
    """The rows that detection looks at. The stream is read on until every column that the recipe names was
    seen: a name that matches nothing is an error."""
    named = {"columns": set(source.columns.values())}
    if isinstance(source.undesired, dict):
        named["undesired"] = {source.columns.get(column, column) for column in source.undesired}
    missing = set[str]().union(*named.values())
    rows, known = list[Json](), dict[str, None]()
    for row in _readable(stream, first):
        if len(rows) < LOOKED_AT:
            rows.append(row.data)
            known |= dict.fromkeys(row.data)
        missing -= row.data.keys()
        if len(rows) == LOOKED_AT and not missing:
            break
    if rows and missing:
        name = min(missing)
        option = next(option for option, names in named.items() if name in names)
        raise PitchpipeError(
            f"{source.loader.place}: {option}: no row of '{source.name}' has a column '{name}'."
            f"{suggest(name, map(str, known))}"
        )
    return rows


def _read(sample: list[Json], used: Use) -> Iterator[tuple[Json, Conversation]]:
    """The rows that have a column which may judge, and what they become."""
    for row in sample:
        if any(map(kind_of, row)):
            with suppress(Exception):  # the run itself says what is wrong with a format
                made = used.bound(row)
                made = made.conversation if isinstance(made, Verdict) else made
                if isinstance(made, Conversation):
                    yield row, made


def _readable(stream: Iterator[Part], first: list[Part]) -> Iterator[Row]:
    """The readable rows of a stream. The parts that were taken from it are added to `first`."""
    for part in stream:
        first.append(part)
        for row in numbered(part.rows()):
            if isinstance(row.data, dict) and not row.error:
                yield row


def fits(sample: list[Json], host: Host, learned: Learns = "replies") -> list[tuple[int, int, Component]]:
    """Each format that reads any of these rows: how many keys, how many rows, and the format.

    One whose rows may have no reply, which says `learns = "prompts"`, is for trainers that learn so.
    """
    found = []
    for component in host.all("format"):
        if any(option.required for option in component.options.values()):
            continue
        if getattr(component.call, "learns", "") == "prompts" != learned:
            continue
        format = bind(component.call, {})
        if isinstance(format, Detects):
            keys = [int(format.matches(row)) for row in sample]
            if any(keys):
                found.append((sum(keys), sum(map(bool, keys)), component))
    return sorted(found, key=lambda fit: (-fit[0], fit[2].address))


def detect(source: SourceUse, sample: list[Json], host: Host, learned: Learns) -> Use | None:
    """The one format that reads most of a source's first rows. Two that fit equally well are an error."""
    if not sample:
        return None
    found = fits(sample, host, learned)
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
        f" Write format: one of {known}; or name the columns of the prompt and of the reply, as in"
        " columns: {instruction: COLUMN, output: COLUMN}. `pitchpipe sniff` on the file proposes names."
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
