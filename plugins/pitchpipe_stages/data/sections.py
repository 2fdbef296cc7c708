"""The recipe's sections about data: loaders, repair, filters, data."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pitchpipe.errors import suggest
from pitchpipe.host.options import options_of
from pitchpipe.host.plugin import Plugin, Profile
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.recipe.section import Section
from pitchpipe_stages.held_out import only_asks, only_makes, only_serves
from pitchpipe_stages.learns import Learns, learns

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker
    from pitchpipe.recipe.document import Key

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=1)]
Positive = Annotated[float, Meta(gt=0)]
PartOfRows = Annotated[float, Meta(gt=0, le=1)]
Side = Literal["train", "validation", "test"]
Undesired = Literal["drop", "keep"] | dict[str, Any]
Media = Literal["drop", "ignore"]


# --- Loaders ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SourceOptions:
    """Options of every source, whatever its loader."""

    name: Annotated[str | None, Meta(description="what reports call this source")] = None
    format: Annotated[Any, Meta(description="the format of its rows; left out, it is detected")] = None
    columns: Annotated[
        dict[str, str] | None,
        Meta(description="other names for its columns, before the format sees them: {new: old}"),
    ] = None
    first: Annotated[Count | None, Meta(description="read no more than so many rows")] = None
    sample: Annotated[Share | None, Meta(description="read a share of the rows, chosen by the seed")] = None
    seed: Annotated[int, Meta(description="another seed, another sample")] = 0
    undesired: Annotated[
        Undesired,
        Meta(description="rows that a label or rating calls bad: drop, keep, or the column and its value"),
    ] = "drop"
    media: Annotated[
        Media, Meta(description="rows with images, sound or video: drop them, or learn their words alone")
    ] = "drop"
    side: Annotated[Side | None, Meta(description="the side of the split that all of its rows go to")] = None
    weight: Annotated[
        Positive | None, Meta(description="its rate in the mix, beside the weights of the others")
    ] = None
    fraction: Annotated[
        PartOfRows | None, Meta(description="train on this share of its rows in each epoch")
    ] = None
    count: Annotated[Count | None, Meta(description="train on so many in each epoch, whatever it holds")] = (
        None
    )
    epochs: Annotated[Positive | None, Meta(description="train on its rows so many times in each epoch")] = (
        None
    )


@dataclass(frozen=True)
class SourceUse:
    """A loader, and what the recipe says of the rows that it yields."""

    loader: Use
    name: str
    format: Use | None = None
    side: Side | None = None
    columns: dict[str, str] = field(default_factory=dict)
    first: int | None = None
    sample: float | None = None
    seed: int = 0
    undesired: Undesired = "drop"
    media: Media = "drop"
    weight: float | None = None
    fraction: float | None = None
    count: int | None = None
    epochs: float | None = None

    def uses(self) -> Iterator[Use]:
        yield from self.loader.uses()
        if self.format:
            yield from self.format.uses()


def _sources(checker: "Checker", section: Section[list[SourceUse]]) -> list[SourceUse]:
    found = [_source(checker, key, entry) for key, entry in checker.entries(section.name)]
    return _named([source for source in found if source])


def _named(sources: list[SourceUse]) -> list[SourceUse]:
    """Sources without a name are called by what they read, as far as that tells them apart."""
    short, long = ([source.name or _reads(source.loader, parts) for source in sources] for parts in (1, 2))
    names = list[str]()
    for name, longer in zip(short, long, strict=True):
        unlike = short.count(name) > 1 and long.count(longer) == 1
        name = longer if unlike else name
        names.append(name if name not in names else f"{name}#{1 + short[: len(names)].count(name)}")
    return [replace(source, name=source.name or name) for source, name in zip(sources, names, strict=True)]


def _reads(loader: Use, parts: int) -> str:
    """The file or the data set that a loader is told first, or else the loader's name."""
    values = map(loader.options.get, loader.component.options)
    told = next((value for value in values if isinstance(value, str | Path)), loader.name)
    return told if isinstance(told, str) else "/".join(told.parts[-max(parts, 1 + ("*" in told.name)) :])


def _source(checker: "Checker", key: "Key", entry: Any) -> SourceUse | None:
    """A loader with the options that every source has."""
    loader = checker.use("loader", key, entry, SHARED_BY_SOURCES)
    named = next(iter(entry.items())) if isinstance(entry, dict) and len(entry) == 1 else ("", None)
    given = named[1].get("format") if isinstance(named[1], dict) else None
    chosen = checker.use("format", (*key, named[0], "format"), given) if given else None
    if loader is None:
        return None
    shared = {name: value for name, value in loader.shared.items() if value is not None}
    shared |= {"format": chosen, "name": shared.get("name", "")}
    return SourceUse(replace(loader, shared={}), **shared)


def _check(checker: "Checker", recipe: Recipe) -> None:
    names = [source.name for source in recipe[LOADERS]]
    if LOADERS not in recipe and not any(only(recipe) for only in (only_asks, only_makes, only_serves)):
        checker.problem(("loaders",), "a recipe needs at least one loader")
    for number, source in enumerate(recipe[LOADERS]):
        if source.undesired == "keep" and learns(recipe) == "judged":
            words = "undesired: keep judges no reply, and the trainer learns from judged ones: leave it out"
            checker.problem(("loaders", number), words)
    if twice := {name for name in names if names.count(name) > 1}:
        checker.problem(("loaders",), f"two sources are called '{min(twice)}'")


# --- Filters ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FilterOptions:
    """Options of every filter."""

    action: Annotated[
        Literal["drop", "tag"], Meta(description="tag: drop nothing, and say in the ledger what would go")
    ] = "drop"


def tags(use: Use) -> bool:
    """Does this filter only say in the ledger what it would drop?"""
    return use.shared.get("action") == "tag"


def _filters(checker: "Checker", section: Section[list[Use]]) -> list[Use]:
    from pitchpipe.recipe.checker import numbered

    uses = (use for key, entry in checker.entries(section.name) for use in _filter(checker, key, entry))
    return numbered(list(uses))


def _filter(checker: "Checker", key: "Key", entry: Any, by: Plugin | None = None) -> Iterator[Use]:
    """A filter, or the filters that a profile stands for, with what the recipe changes in them."""
    name = entry if isinstance(entry, str) else next(iter(entry), "") if isinstance(entry, dict) else ""
    given = entry[name] if isinstance(entry, dict) and len(entry) == 1 else {}
    try:
        named = checker.host.find("filter", str(name), by)
    except ValueError:
        named = None
    if named and isinstance(named.call, Profile):
        for one in _of_profile(checker, key, str(name), given, named.call):
            yield from _filter(checker, (*key, name), one, named.plugin)
    elif use := checker.use("filter", key, entry, SHARED_BY_FILTERS, by=by):
        shared = {name: value for name, value in use.shared.items() if value not in (None, "drop")}
        yield replace(use, shared=shared)


def _of_profile(checker: "Checker", key: "Key", name: str, given: Any, profile: Profile) -> Iterator[Any]:
    """A profile's entries: `filter: false` leaves one out, `filter: {options}` changes options."""
    if given is not None and not isinstance(given, dict):
        checker.problem(key, f"expected changes, `{{filter: {{options}}}}`, got {given!r}")
        return
    given = dict(given or {})
    for entry in profile.entries:
        filter, options = (entry, None) if isinstance(entry, str) else next(iter(entry.items()))
        change = given.pop(filter, {})
        if change is not False:
            whole = {**(options or {}), **(change if isinstance(change, dict) else {})}
            yield {filter: whole} if whole else filter
    known = [entry if isinstance(entry, str) else next(iter(entry)) for entry in profile.entries]
    for filter in given:
        checker.problem((*key, name, filter), f"no such filter in '{name}'.{suggest(filter, known)}")


# --- Limits -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """What a run may do to its rows before it stops."""

    strict: Annotated[bool, Meta(description="stop at the first row that must be mended or quarantined")] = (
        False
    )
    max_dropped: Annotated[
        float | str | None,
        Meta(description="stop if more than this share of rows is dropped or quarantined, as in 2%"),
    ] = None
    learns: Annotated[
        Learns | None, Meta(description="how rows are read where no trainer says it: as replies, pairs, ...")
    ] = None

    def __post_init__(self) -> None:
        self.most()

    def most(self) -> float | None:
        """`max_dropped` as a share."""
        given = self.max_dropped
        if given is None:
            return None
        try:
            share = float(str(given).removesuffix("%")) / (100 if str(given).endswith("%") else 1)
        except ValueError:
            share = -1
        if not 0 <= share <= 1:
            raise ValueError(f"max_dropped: expected a share as in 2% or 0.02, got {given!r}")
        return share


def _check_learns(checker: "Checker", recipe: Recipe) -> None:
    if recipe[DATA].learns and checker.data.get("trainer"):
        checker.problem(("data", "learns"), "the trainer says what it learns: leave this out")


SHARED_BY_SOURCES, SHARED_BY_FILTERS = options_of(SourceOptions), options_of(FilterOptions)

LOADERS = Section[list[SourceUse]](
    "loaders", kind="loader", many=True, options=SourceOptions, read=_sources, check=_check
)
REPAIR = Section[Use | None]("repair", kind="filter", bare=True)
FILTERS = Section[list[Use]]("filters", kind="filter", many=True, options=FilterOptions, read=_filters)
DATA = Section[Limits]("data", options=Limits, check=_check_learns)
