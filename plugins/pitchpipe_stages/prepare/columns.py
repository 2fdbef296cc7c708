"""What prepare says of columns: those that nobody reads, and those that may judge replies."""

from collections.abc import Iterator

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.data.lanes import Lane
from pitchpipe_stages.data.ledger import Counts
from pitchpipe_stages.data.unread import share
from pitchpipe_stages.data.unwanted import SAYS
from pitchpipe_stages.prepare.sections import SPLIT

MOST = 6  # columns that are told of a source


def told(lane: Lane, counts: Counts) -> Iterator[str]:
    """Sentences on one source, for the end of the screen."""
    source = lane.source
    if counts.unread:
        some = [f"{column} ({share(rows, counts.read)})" for column, rows in counts.unread.most_common(MOST)]
        more = f" and {len(counts.unread) - MOST} more" if len(counts.unread) > MOST else ""
        yield (
            f"{source.name}: nobody reads {', '.join(some)}{more}: words of the rows that are not learned."
            f" `columns: {{new name: {next(iter(counts.unread))}}}` at the source gives a column a name that"
            f" the format {lane.format} reads"
        )
    yield from (f"{source.name}: {doubt}" for doubt in lane.doubts)
    for column, value in source.undesired.items() if isinstance(source.undesired, dict) else ():
        if not any(reason.words == SAYS.format(column) for reason in counts.why):
            yield f"{source.name}: undesired: {{{column}: {value}}} is what no row says"


def stop_if_no_row_has_a_category(recipe: Recipe, names: set[str]) -> None:
    """A split by category needs one."""
    if recipe[SPLIT].by == "category" and names == {""}:
        raise PitchpipeError(
            "split.by: category: no row has a category. If a column holds one, name it at the source,"
            " as in `columns: {category: topic}`; or leave out `by`."
        )
