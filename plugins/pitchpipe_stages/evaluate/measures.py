"""Numbers that are made of items, as a run keeps them: measured-base.jsonl and measured-tuned.jsonl."""

from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import msgspec
from msgspec import Struct, field

from pitchpipe.host.scoring import Better, Item, Measured, Score


class Measure(Struct):
    """A `pp.Measured` as a line of a file; or a score that has no items."""

    name: str
    score: Score  # over all items
    evaluator: str = ""  # its label in the recipe
    value: str = ""  # the function: module:name
    better: Better = None
    is_share: bool = False
    how: str = ""
    items: dict[str, tuple[float, ...]] = field(default_factory=dict)
    own: dict[str, Item] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, found: Score | Measured, evaluator: str) -> "Measure":
        if isinstance(found, Score):
            return cls(name, found, evaluator)
        from pitchpipe_stages.evaluate.intervals import score_of

        value = f"{found.value.__module__}:{found.value.__qualname__}"
        items = {id: tuple(map(float, sums)) for id, sums in found.items.items()}
        return cls(
            name,
            score_of(found),
            evaluator,
            value,
            found.better,
            found.is_share,
            found.how,
            items,
            dict(found.own),
        )

    @property
    def measured(self) -> Measured | None:
        """As the evaluator gave it."""
        if not self.value:
            return None
        function: Any = resolve_name(self.value)
        return Measured(self.items, function, self.better, self.is_share, self.how, self.own)


def write_measures(file: Path, measures: list[Measure]) -> None:
    file.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in measures))


def read_measures(file: Path) -> Mapping[str, Measure]:
    """The measures in a file by name; none where there is no file."""
    if not file.exists():
        return {}
    lines = file.read_bytes().splitlines()
    return {one.name: one for one in (msgspec.json.decode(line, type=Measure) for line in lines)}
