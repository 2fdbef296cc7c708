"""Counts rows per stage: how many came to each, and how many it took."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pitchpipe_stages.data.ledger import LOST, Counts, Fate, Reason, SourceRows, Step, StepKind

READING = (StepKind.LOAD, StepKind.FORMAT, StepKind.REPAIR)
AFTER = (StepKind.RENDER, StepKind.LENGTH, StepKind.SPLIT, StepKind.MIX)
TITLES = {
    StepKind.LOAD: "reading",
    StepKind.FORMAT: "the format",
    StepKind.REPAIR: "repair",
    StepKind.RENDER: "the template",
    StepKind.LENGTH: "the collator's length",
    StepKind.SPLIT: "the split",
    StepKind.MIX: "the mix",
}


@dataclass
class FlowStep:
    """One step: how many conversations came to it, and how many it took by fate."""

    step: Step
    came: int
    dropped: int = 0
    quarantined: int = 0

    @property
    def left(self) -> int:
        return self.came - self.dropped - self.quarantined

    @property
    def title(self) -> str:
        return TITLES.get(self.step.kind, self.step.label)


def steps(sources: Iterable[SourceRows], filters: list[str]) -> list[FlowStep]:
    """The steps in their order: each filter, and of the others those that took something."""
    sources = list(sources)
    taken: Counter[tuple[Step, Fate]] = Counter()
    for rows in sources:
        for why in rows.why:
            taken[whole_step(Step.of(why.stage)), why.fate] += why.rows
    named = [Step(StepKind.FILTER, label) for label in filters]
    before, after = [Step(kind) for kind in READING], [Step(kind) for kind in AFTER]
    others = [step for step, _ in taken if step not in (*before, *named, *after)]
    left = sum(rows.conversations for rows in sources)
    found = []
    for step in dict.fromkeys((*before, *named, *others, *after)):
        counted = FlowStep(step, left, *(taken[step, fate] for fate in LOST))
        if step in named or counted.left != left:
            found.append(counted)
        left = counted.left
    return found


def whole_step(step: Step) -> Step:
    """Formats are one step, whatever their names."""
    return Step(StepKind.FORMAT) if step.kind is StepKind.FORMAT else step


def total(sources: Iterable[SourceRows], name: str) -> int:
    return sum(getattr(rows, name) for rows in sources)


def added(sources: Iterable[SourceRows]) -> SourceRows:
    """Several sources as one."""
    return sum(map(Counts.of, sources), start=Counts()).recorded()


def conversations(sources: dict[str, SourceRows]) -> int:
    """The conversations that all sources gave."""
    return sum(rows.conversations for rows in sources.values())


def reasons(sources: dict[str, SourceRows]) -> dict[Reason, Counter[str]]:
    """How many rows each reason took, by source; the most frequent first."""
    found: dict[Reason, Counter[str]] = {}
    for name, rows in sources.items():
        for why in rows.why:
            found.setdefault(why.key(), Counter())[name] += why.rows
    return dict(sorted(found.items(), key=lambda entry: -entry[1].total()))
