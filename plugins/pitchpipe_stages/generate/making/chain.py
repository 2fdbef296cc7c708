"""What generators have made, in order: rows, what is passed on to the next, and where all of it came from."""

from collections.abc import Iterable
from typing import NamedTuple

from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation, replace
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.generate.making.line import MadeBy, MadeLine, line_of
from pitchpipe_stages.generate.making.progress import FinishedOne, MadeCandidate
from pitchpipe_stages.generate.making.working import Worked


class Lineage(NamedTuple):
    """Where a conversation came from."""

    asks: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()


class Chain:
    """All that was made so far."""

    def __init__(self, teachers: dict[str, Use]):
        self.rows: list[MadeLine] = []
        self.passed_on: list[MadeLine] = []  # no rows: seeds, drafts, sources of later generators
        self._teachers = teachers
        self._origins: dict[str, Lineage] = {}
        self._seeds: set[str] = set()

    def begin(self, seeds: list[Conversation]) -> list[Conversation]:
        """Seeds, which have no origin of their own."""
        self.passed_on += [line_of(seed) for seed in seeds if seed.id not in self._seeds]
        self._seeds |= {seed.id for seed in seeds}
        return seeds

    def take(self, worked: Worked) -> list[Conversation]:
        """Takes in what a generator did. What it made: without the drafts, whose rows speak for them."""
        answered = {question.key: question.model for _, one in worked.done for question in one.questions}
        found: list[Conversation] = []
        for source, one in worked.done:
            for conversation in self._of(worked.use, source, one, answered):
                if one.unit == "source" or conversation.last_reply() is not None:
                    found.append(conversation)
        return found

    def _of(
        self, use: Use, source: Conversation | None, one: FinishedOne, answered: dict[str, str]
    ) -> Iterable[Conversation]:
        for candidate in one.candidates:
            if candidate.made is None or candidate.fate != "kept":
                continue
            if candidate.made.id in self._origins or candidate.made.id in self._seeds:
                candidate.drops(Drop("the same as another", like=candidate.made.id))
                continue
            yield self._kept(use, source, candidate, answered)

    def _kept(
        self, use: Use, source: Conversation | None, candidate: MadeCandidate, answered: dict[str, str]
    ) -> Conversation:
        made = candidate.made
        assert made
        group = (source.group or source.id) if source else made.conversation.group or made.id
        conversation = replace(made.conversation, id=made.id, group=group)
        before = self._origins.get(source.id, Lineage()) if source else Lineage()
        shown = (source.id, *before.parents, *made.parents) if source else made.parents
        origin = Lineage(_once(*before.asks, *candidate.asks), _once(*shown))
        self._origins[made.id] = origin
        teacher = str(use.shared["teacher"])
        by = MadeBy(
            use.label, teacher, self._teachers[teacher].bound.model, list(origin.asks), list(origin.parents),
            answered.get(candidate.asks[-1], "") if candidate.asks else "", candidate.operator, made.round,
            str(getattr(use.bound, "prompt_version", "")),
        )  # fmt: skip
        candidate.row = conversation.last_reply() is not None
        (self.rows if candidate.row else self.passed_on).append(line_of(conversation, by))
        return conversation


def _once(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
