"""Numbers that are made of items, as a run keeps them: measured-base.jsonl and measured-tuned.jsonl."""

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from math import isfinite, nan
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import msgspec
from msgspec import Struct, field

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.scoring import Better, Item, Measured, Score
from pitchpipe.run.atomic import write


class Measure(Struct, dict=True):
    """A `pp.Measured` as a line of a file; or a score that has no items."""

    name: str
    score: Score  # over all items
    evaluator: str = ""  # its label in the recipe
    value: str = ""  # the function: module:name
    better: Better = None
    is_share: bool = False
    how: str = ""
    items: dict[str, tuple[float | None, ...]] = field(default_factory=dict)
    own: dict[str, Item] = field(default_factory=dict)
    exact: bool = False
    least: float | None = None
    most: float | None = None

    @classmethod
    def of(cls, name: str, found: Score | Measured, evaluator: str) -> "Measure":
        if isinstance(found, Score):
            return cls(name, found, evaluator)
        from pitchpipe_stages.evaluate.intervals import score_of

        value = f"{found.value.__module__}:{found.value.__qualname__}"
        items = {id: tuple(map(_known, sums)) for id, sums in found.items.items()}
        if len({len(sums) for sums in items.values()}) > 1:
            raise PitchpipeError(f"{evaluator}: items of '{name}' do not all give as many numbers")
        facts = value, found.better, found.is_share, found.how, items, dict(found.own)
        more = found.exact, found.least, found.most
        measure = cls(name, Score(None, 0), evaluator, *facts, *more)
        measure.score = score_of(measure.as_measured())
        return measure

    @cached_property
    def measured(self) -> Measured | None:
        """As the evaluator gave it; nothing of a score without items."""
        return self.as_measured() if self.value else None

    def as_measured(self) -> Measured:
        items = {id: [nan if one is None else one for one in sums] for id, sums in self.items.items()}
        facts = self.better, self.is_share, self.how, self.own, self.exact, self.least, self.most
        return Measured(items, _function(self.value), *facts)


def _known(value: float | None) -> float | None:
    """JSON knows no number that is none."""
    return float(value) if value is not None and isfinite(value) else None


@cache
def _function(place: str) -> Any:
    try:
        return resolve_name(place)
    except (ImportError, AttributeError, ValueError):
        raise PitchpipeError(
            f"there is no function {place}, which a score is made with. It must be one that can be imported"
            " by its name: no lambda, and none inside of another function"
        ) from None


def of_each_item(measures: Iterable[Measure]) -> dict[str, dict[str, float | None]]:
    """What each score is over one item alone, by item and name."""
    import numpy as np

    found: dict[str, dict[str, float | None]] = {}
    for measure in measures:
        if not (measured := measure.measured) or not measured.items:
            continue
        with np.errstate(all="ignore"):
            values = np.asarray(measured.value(np.array(list(measured.items.values()), np.float64))).tolist()
        for id, value in zip(measured.items, values, strict=True):
            found.setdefault(id, {})[measure.name] = _known(value)
    return found


def write_measures(file: Path, measures: list[Measure]) -> None:
    write(file, msgspec.json.Encoder().encode_lines(measures))


def read_measures(file: Path) -> Mapping[str, Measure]:
    """The measures in a file by name; none where there is no file."""
    if not file.exists():
        return {}
    lines = file.read_bytes().splitlines()
    return {one.name: one for one in (msgspec.json.decode(line, type=Measure) for line in lines)}
