"""How training went, or how far it is: numbers by step, samples, state. Read from a run's files."""

from dataclasses import dataclass
from math import nan
from pathlib import Path

from pitchpipe_stages.train.reported import Reported, reported
from pitchpipe_stages.train.samples import Sample, samples_of
from pitchpipe_tools.html.curve import Point
from pitchpipe_tools.runs.found import state_of

BY_SOURCE = "loss of "
OF_OBJECTIVES = ("reward", "reply_", "kl")


@dataclass(frozen=True)
class Lessons:
    """A training, as its files tell of it."""

    numbers: Reported
    samples: list[Sample]
    state: str  # of the run, as `pitchpipe runs` says it

    @classmethod
    def of(cls, run: Path) -> "Lessons":
        return cls(reported(run), samples_of(run), state_of(run))

    def __bool__(self) -> bool:
        return bool(self.numbers)

    @property
    def step(self) -> int:
        """The last one that reported anything."""
        return max(self.numbers)

    @property
    def is_done(self) -> bool:
        return not self.goes_on and not self.state.startswith("stopped in train")

    @property
    def goes_on(self) -> bool:
        return self.state == "at work: train"

    def points(self, name: str) -> list[Point]:
        """A number over the steps; what was none is not a number."""
        steps = sorted(step for step, values in self.numbers.items() if name in values)
        found = [(step, self.numbers[step][name]) for step in steps]
        return [(step, nan if value is None else value) for step, value in found]

    def of_objective(self) -> list[str]:
        """Numbers that some trainers report beside the loss: rewards of preferences and the like."""
        names = {name: None for values in self.numbers.values() for name in values}
        of_sources = tuple(f" of {source}" for source in self.sources())
        return [
            n for n in names if n.startswith(OF_OBJECTIVES) and not (of_sources and n.endswith(of_sources))
        ]

    def sources(self) -> list[str]:
        """The sources whose loss is told apart, the first reported first."""
        names = {name: None for values in self.numbers.values() for name in values}
        return [name.removeprefix(BY_SOURCE) for name in names if name.startswith(BY_SOURCE)]
