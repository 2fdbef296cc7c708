"""Chooses the format of the rows as a run would, or renames columns so that a format fits."""

from dataclasses import dataclass, field

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.host.options import bind
from pitchpipe.host.plugin import Component
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Json, Row
from pitchpipe_stages.data.read import Reader
from pitchpipe_stages.data.sections import LOADERS, SourceUse
from pitchpipe_stages.data.source import RowBatch, fits, renamed
from pitchpipe_tools.sniff.guess_columns import guessed_columns


@dataclass
class Choice:
    """The format of the rows. If `named`, a recipe must name it. `columns` are {new name: old name}."""

    fitting: list[
        tuple[int, int, str]
    ]  # keys and rows of the sample that a format reads, and the format's name
    used: Use | None = None
    tied: list[str] = field(default_factory=list)  # formats that fit equally well
    named: bool = False
    columns: dict[str, str] = field(default_factory=dict)


def choose(sample: list[Json], host: Host, forced: str | None, recipe: Recipe) -> Choice:
    """The format that a run would detect, or the forced format. If no format fits, columns are renamed."""
    found = fits(sample, host)
    choice = Choice([(keys, rows, format_name(component, host)) for keys, rows, component in found])
    best = [component for keys, _, component in found if keys == found[0][0]]
    if forced:
        choice.used = _format(host, forced, "--format")
        choice.named = best != [choice.used.component]
        if not any(rows and component == choice.used.component for _, rows, component in found):
            _rename_columns(choice, sample, host, recipe)
    elif best:
        choice.used = _format(host, format_name(best[0], host))
        choice.named = len(best) > 1
        choice.tied = [format_name(component, host) for component in best] if choice.named else []
    elif sample:
        _rename_columns(choice, sample, host, recipe)
    return choice


def format_name(component: Component, host: Host) -> str:
    """The name of a format, with the name of its plugin if several plugins offer the name."""
    twins = [other for other in host.all(component.kind) if other.name == component.name]
    return component.name if len(twins) == 1 else component.address


def _format(host: Host, name: str, place: str = "detected") -> Use:
    try:
        component = host.find("format", name)
        return Use(component, {}, bind(component.call, {}), place, name)
    except (ValueError, TypeError) as error:
        raise PitchpipeError(f"{place} {name}: {error}") from None


def _rename_columns(choice: Choice, sample: list[Json], host: Host, recipe: Recipe) -> None:
    """Renames columns if new names make conversations of more than half of the sample."""
    columns = guessed_columns(sample)
    found = fits([renamed(row, columns) for row in sample], host) if columns else []
    best = [component for keys, _, component in found if keys == found[0][0]]
    if not best:
        return
    used = choice.used or _format(host, format_name(best[0], host))
    source = SourceUse(recipe[LOADERS][0].loader, "sample", used, columns=columns)
    base = Reader(source, used, recipe).base(RowBatch([Row(row) for row in sample]))
    if 2 * len(base.alive()) > len(base.conversations):
        choice.used, choice.columns, choice.named = used, columns, best != [used.component]
