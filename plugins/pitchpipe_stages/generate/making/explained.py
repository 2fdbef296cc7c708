"""The ledger of what was made: each candidate that was not kept, each question without a whole reply."""

from collections.abc import Iterable, Iterator, Mapping

from pitchpipe.records.conversation import Source
from pitchpipe_stages.data.ledger import Fate, Step, StepKind, line
from pitchpipe_stages.generate.making.progress import FinishedOne, MadeCandidate
from pitchpipe_stages.generate.making.working import Worked
from pitchpipe_stages.generate.requests.record import FILE

SHOWN = 2000  # characters of a candidate that was not kept


def lines_of(worked: Worked, numbers: Mapping[str, int]) -> Iterator[bytes]:
    """A generator's lines. `numbers` has those of the questions in the record, by their keys."""
    step, seen = Step(StepKind.GENERATE, worked.use.label), set[str]()
    for _, one in worked.done:
        yield from _questions(one, step, numbers, seen)
        yield from _candidates(one.candidates, one, step, numbers)


def _questions(one: FinishedOne, step: Step, numbers: Mapping[str, int], seen: set[str]) -> Iterator[bytes]:
    for question in one.questions:
        if question.end != "answered" and question.key not in seen:
            seen.add(question.key)
            at = Source(step.label, FILE, numbers.get(question.key, 0))
            reason, named = question.why or question.end, question.operator or None
            yield line(at, Fate(question.end), step, reason, key=question.key, operator=named, of=one.id)


def _candidates(
    candidates: Iterable[MadeCandidate], one: FinishedOne, step: Step, numbers: Mapping[str, int]
) -> Iterator[bytes]:
    for candidate in candidates:
        if candidate.fate == "kept":
            continue
        key = candidate.asks[-1] if candidate.asks else ""
        made, drop = candidate.made, candidate.drop
        yield line(
            Source(step.label, FILE, numbers.get(key, 0)), Fate(candidate.fate), step, candidate.reason,
            id=made.id if made else None, score=drop and drop.score, limit=drop and drop.limit,
            key=key or None, operator=candidate.operator or None, of=one.id,
            messages=[m.content[:SHOWN] for m in made.conversation.messages] if made else None,
        )  # fmt: skip
