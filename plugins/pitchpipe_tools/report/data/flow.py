"""The flow of conversations through a run: how many reach each step, and how many the step takes out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pitchpipe_stages.data.ledger import LOST, Counts, Fate, Reason, SourceRows, Step, StepKind

BEFORE_FILTERS = (StepKind.LOAD, StepKind.FORMAT, StepKind.REPAIR)
AFTER_FILTERS = (StepKind.RENDER, StepKind.LENGTH, StepKind.SPLIT, StepKind.MIX)
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
    """One step: how many conversations reach the step, and how many the step takes out, by fate."""

    step: Step
    reached: int
    dropped: int = 0
    quarantined: int = 0

    @property
    def lost(self) -> int:
        return self.dropped + self.quarantined

    @property
    def left(self) -> int:
        return self.reached - self.lost

    @property
    def title(self) -> str:
        return TITLES.get(self.step.kind, self.step.label)


def steps(sources: Iterable[SourceRows], filters: list[str]) -> list[FlowStep]:
    """The steps in order: every filter, and each other step that takes out a conversation."""
    sources = list(sources)
    taken = _taken(sources)
    named = [Step(StepKind.FILTER, label) for label in filters]
    before, after = [Step(kind) for kind in BEFORE_FILTERS], [Step(kind) for kind in AFTER_FILTERS]
    others = [step for step, _ in taken if step not in (*before, *named, *after)]
    left = sum(rows.conversations for rows in sources)
    flow = []
    for step in dict.fromkeys((*before, *named, *others, *after)):
        counted = FlowStep(step, left, *(taken[step, fate] for fate in LOST))
        if step in named or counted.lost:
            flow.append(counted)
        left = counted.left
    return flow


def _taken(sources: Iterable[SourceRows]) -> Counter[tuple[Step, Fate]]:
    """Counts rows by step and fate. All formats count as one step."""
    taken: Counter[tuple[Step, Fate]] = Counter()
    for rows in sources:
        for reason in rows.why:
            step = Step.of(reason.stage)
            step = Step(StepKind.FORMAT) if step.kind is StepKind.FORMAT else step
            taken[step, reason.fate] += reason.rows
    return taken


def total(sources: Iterable[SourceRows], count: str) -> int:
    """The sum of one count of all sources, such as `kept`."""
    return sum(getattr(rows, count) for rows in sources)


def added(sources: Iterable[SourceRows]) -> SourceRows:
    """The counts of several sources as the counts of one."""
    return sum(map(Counts.of, sources), start=Counts()).recorded()


def conversations(sources: dict[str, SourceRows]) -> int:
    """The number of conversations in the rows of all sources."""
    return sum(rows.conversations for rows in sources.values())


def reasons(sources: dict[str, SourceRows]) -> dict[Reason, Counter[str]]:
    """Counts the rows of each reason by source. The reason of most rows comes first."""
    found: dict[Reason, Counter[str]] = {}
    for name, rows in sources.items():
        for reason in rows.why:
            found.setdefault(reason.key(), Counter())[name] += reason.rows
    return dict(sorted(found.items(), key=lambda entry: -entry[1].total()))
