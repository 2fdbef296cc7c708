"""What came of a generator's questions and candidates, in numbers that add up."""

from collections.abc import Iterable

from msgspec import Struct, field

from pitchpipe_stages.generate.making.progress import FinishedOne, MadeCandidate, PosedQuestion


class MadeCounts(Struct):
    """asked = answered + refused + cut + failed + unsent; parsed = kept + dropped + quarantined.

    `rows` are those of the kept that have a reply. `why` has the number of each reason, by fate.
    """

    asked: int = 0
    answered: int = 0
    refused: int = 0
    cut: int = 0
    failed: int = 0
    unsent: int = 0
    parsed: int = 0
    kept: int = 0
    dropped: int = 0
    quarantined: int = 0
    rows: int = 0
    read: int = 0  # tokens
    written: int = 0
    dollars: float = 0.0
    why: dict[str, dict[str, int]] = field(default_factory=dict)

    def question(self, question: PosedQuestion) -> None:
        self._add("asked", question.end)
        if question.end != "answered":
            self._note(question.end, question.why)
        if question.usage:
            self._add(read=question.usage.read, written=question.usage.written)
        self.dollars += question.dollars

    def candidate(self, candidate: MadeCandidate) -> None:
        self._add("parsed", candidate.fate)
        self.rows += candidate.row
        if candidate.fate != "kept":
            self._note(candidate.fate, candidate.reason)

    def _add(self, *ones: str, **more: int) -> None:
        for name, count in {**dict.fromkeys(ones, 1), **more}.items():
            setattr(self, name, getattr(self, name) + count)

    def _note(self, fate: str, reason: str) -> None:
        reasons = self.why.setdefault(fate, {})
        words = reason.partition(": ")[0]
        reasons[words] = reasons.get(words, 0) + 1


def by_operator(done: Iterable[FinishedOne]) -> dict[str, MadeCounts]:
    """The counts of each operator. A question that several sources asked is one."""
    found: dict[str, MadeCounts] = {}
    seen: set[str] = set()
    for one in done:
        for question in one.questions:
            if question.key not in seen:
                seen.add(question.key)
                found.setdefault(question.operator, MadeCounts()).question(question)
        for candidate in one.candidates:
            found.setdefault(candidate.operator, MadeCounts()).candidate(candidate)
    return found
