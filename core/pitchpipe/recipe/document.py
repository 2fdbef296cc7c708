"""What a recipe says: plain data, and the place of each value. How people write it is no concern of core."""

from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, NamedTuple

from pitchpipe.errors import Problem

Key = tuple[str | int, ...]


class Place(NamedTuple):
    """Where a value is said. Line 0: there are no lines. Paths that it says are relative to the folder."""

    name: str
    line: int
    folder: Path

    def __str__(self) -> str:
        return f"{self.name}:{self.line}" if self.line else self.name


@dataclass
class Document:
    """A recipe before it is checked."""

    path: Path
    data: Any
    places: dict[Key, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, key: Key) -> Place:
        """The place of a value, or of the value that holds it."""
        known = (key[:end] for end in range(len(key), -1, -1) if key[:end] in self.places)
        return self.places[next(known)] if () in self.places else Place(self.path.name, 0, self.path.parent)

    def put(self, key: Key, place: Place) -> None:
        """Notes that a value is said anew."""
        self.places = {known: old for known, old in self.places.items() if known[: len(key)] != key}
        self.places[key] = place

    def replace(self, key: Key, value: object) -> None:
        """Puts another value in the place of one. What only a profile says stands in no recipe."""
        *steps, last = (part - 1 if isinstance(part, int) else part for part in key)
        with suppress(LookupError, TypeError):
            held = reduce(getitem, steps, self.data)
            held[last] = value if held[last] is not None else None

    def problem(self, key: Key, message: str, place: Place | None = None) -> None:
        self.problems.append(Problem(str(place or self.place(key)), ".".join(map(str, key)), message))
