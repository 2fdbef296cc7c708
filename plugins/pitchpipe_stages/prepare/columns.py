"""What prepare says of columns: those that nobody reads, and those that may judge replies."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe_stages.data.lanes import Lane
from pitchpipe_stages.data.ledger import Counts, Fate
from pitchpipe_stages.data.sections import FILTERS
from pitchpipe_stages.data.source import LOOKED_AT
from pitchpipe_stages.data.unread import share
from pitchpipe_stages.data.unwanted import SAYS, cure
from pitchpipe_stages.prepare.sections import SPLIT

MOST = 6  # columns that are told of a source


def told(recipe: Recipe, lane: Lane, counts: Counts) -> Iterator[str]:
    """Sentences on one source. A filter that bounds a column ends the doubt about it."""
    bounded = [f"'{column}' " for use in recipe[FILTERS] for column in _columns_of(use)]
    doubts = [doubt for doubt in lane.doubts if not doubt.startswith(tuple(bounded))]
    source = lane.source
    if counts.unread:
        some = [f"{column} ({share(rows, counts.read)})" for column, rows in counts.unread.most_common(MOST)]
        more = f" and {len(counts.unread) - MOST} more" if len(counts.unread) > MOST else ""
        yield (
            f"{source.name}: nobody reads {', '.join(some)}{more}: training sees nothing of it."
            f" If it belongs to the conversation, give it a name that the format {lane.format} reads, as in"
            f" `columns: {{input: {next(iter(counts.unread))}}}`"
        )
    cures = (cure(reason.words, rows) for reason, rows in counts.why.items() if reason.fate is Fate.DROPPED)
    yield from (f"{source.name}: {said}" for said in (*filter(None, cures), *doubts))
    for column, value in source.undesired.items() if isinstance(source.undesired, dict) else ():
        if not any(reason.words == SAYS.format(column) for reason in counts.why):
            yield f"{source.name}: undesired: {{{column}: {value}}} is what no row says"


def stop_if_a_column_is_nowhere(recipe: Recipe, lanes: list[Lane], scored: set[str]) -> None:
    """A filter that bounds a number of the rows must have found one, if any row came to it."""
    for use in recipe[FILTERS]:
        named = _columns_of(use)
        if (
            not named
            or use.label in scored
            or not any(shard.base().alive() for lane in lanes for shard in lane.shards)
        ):
            continue
        rows = (row for lane in lanes for shard in lane.shards[:1] for row in shard.base().alive().values())
        known = {key for row in islice(rows, LOOKED_AT) for key in map(str, row.meta)}
        if not any(name.partition(".")[0] in known for name in named):
            raise PitchpipeError(
                f"{use.place}: {use.label}: no row has a number '{named[0]}'.{suggest(named[0], known)}"
            )


def _columns_of(use: Use) -> list[str]:
    """The columns that a filter's options name."""
    options = use.component.options
    return [str(value) for name, value in use.options.items() if _is_column(options[name].type)]


def _is_column(kind: Any) -> bool:
    """Whether an option names a column: `Meta(extra_json_schema={"x-column": True})`."""
    marks = (getattr(meta, "extra_json_schema", None) for meta in getattr(kind, "__metadata__", ()))
    return any((mark or {}).get("x-column") for mark in marks)


def stop_if_no_row_has_a_category(recipe: Recipe, names: set[str]) -> None:
    """A split by category needs one."""
    if recipe[SPLIT].by == "category" and names == {""}:
        raise PitchpipeError(
            "split.by: category: no row has a category. If a column holds one, name it at the source,"
            " as in `columns: {category: topic}`; or leave out `by`."
        )
