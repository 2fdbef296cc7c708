"""A recipe, checked: the components that it uses, bound to their options."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from pitchpipe.host import Host
from pitchpipe.plugin import Component

Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True)
class Split:
    """Which share of the conversations is for what. The same prompt always lands on the same side."""

    train: Annotated[Share, Meta(description="share to train on")] = 1.0
    validation: Annotated[Share, Meta(description="share that the trainer watches")] = 0.0
    test: Annotated[Share, Meta(description="share that evaluators ask")] = 0.0
    seed: Annotated[int, Meta(description="another seed, another split")] = 0

    def __post_init__(self) -> None:
        if abs(self.train + self.validation + self.test - 1) > 1e-6:
            raise ValueError("train, validation and test must add up to 1")

    def side(self, prompt: str) -> str:
        digest = blake2b(f"{self.seed}\0{prompt}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
        point = int.from_bytes(digest) / 2**64
        if point < self.test:
            return "test"
        return "validation" if point < self.test + self.validation else "train"


@dataclass(frozen=True)
class Use:
    """A component as a recipe uses it: with its options checked, and itself bound to them.

    `label` is its name as the recipe writes it, numbered where it comes more than once.
    """

    component: Component
    options: dict[str, Any]
    bound: Any
    place: str
    label: str

    @property
    def name(self) -> str:
        return self.component.name


@dataclass(frozen=True)
class SourceUse:
    """A loader, and what the recipe says of the rows that it yields."""

    loader: Use
    name: str
    format: Use | None = None
    split: str | None = None


@dataclass
class Recipe:
    """What a run does. A section that the recipe leaves out is None or empty."""

    path: Path
    data: dict[str, Any]
    host: Host
    loaders: list[SourceUse] = field(default_factory=list)
    filters: list[Use] = field(default_factory=list)
    split: Split = field(default_factory=Split)
    model: Use | None = None
    template: Use | None = None
    collator: Use | None = None
    adapter: Use | None = None
    trainer: Use | None = None
    evaluators: list[Use] = field(default_factory=list)

    def uses(self) -> Iterator[Use]:
        """Every component in use, in the order in which data meets them."""
        for source in self.loaders:
            yield source.loader
            if source.format:
                yield source.format
        yield from self.filters
        singles = (self.model, self.template, self.collator, self.adapter, self.trainer)
        yield from (use for use in singles if use)
        yield from self.evaluators

    def missing(self) -> list[str]:
        """For each component that cannot work as things are: what it needs, and the cure."""
        return [
            f"{use.place}: {use.component.kind} '{use.name}' needs {' and '.join(gone)}: {use.component.cure}"
            for use in self.uses()
            if (gone := use.component.missing())
        ]
