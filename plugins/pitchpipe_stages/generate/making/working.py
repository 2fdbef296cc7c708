"""A generator at work: on one source or draft, and on all sources of a list."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.host.making import Made, Unanswered
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.generate.making.asked import AskedTeacher, OneSource
from pitchpipe_stages.generate.making.crashes import Crashes
from pitchpipe_stages.generate.making.progress import FinishedOne, MadeCandidate, Watching

NOTHING = "nothing could be taken from the reply"
AHEAD = 2  # sources in work for each question that may fly: they do more than wait

Pair = tuple[Conversation | None, FinishedOne]  # a source, none for a draft, and what came of it


@dataclass
class Worked:
    """What a generator has done, in order."""

    use: Use
    wants: int
    done: list[Pair] = field(default_factory=list)
    accepted: int = 0
    stopped: str = ""  # why it ended before it had all that it wanted


class Worker:
    """Has one generator work, with one teacher."""

    def __init__(self, use: Use, teacher: AskedTeacher, seed: int, most: int | None = None):
        self.use, self.teacher, self.most = use, teacher, most
        self.crashes = Crashes(use.label)
        self.at_once = AHEAD * int(getattr(teacher.use.bound, "concurrency", 1))
        self._seed, self._accept = f"{seed} {use.label}", use.shared.get("accept") or ()

    async def source(self, source: Conversation) -> FinishedOne:
        ask, found = self._ask(source.id), FinishedOne("source", source.id)
        return await self._collected(lambda: self.use.bound(source, ask), ask, found)

    async def draft(self, number: int, draft: Callable[[OneSource], AsyncIterator[Made]]) -> FinishedOne:
        ask = self._ask(f"draft {number}", number)
        return await self._collected(lambda: draft(ask), ask, FinishedOne("draft", str(number)))

    def _ask(self, of: str, draft: int = -1) -> OneSource:
        return OneSource(self.teacher, f"{self._seed} {of}", self._accept, draft)

    async def _collected(
        self, make: Callable[[], AsyncIterator[Made]], ask: OneSource, found: FinishedOne
    ) -> FinishedOne:
        found.questions = ask.questions
        try:
            async for made in self._each(make()):
                found.candidates.append(_candidate(made, ask))
        except Unanswered:
            pass
        except Quarantine as reason:
            found.candidates.append(_spoiled(str(reason) or "refused", ask))
        except PitchpipeError:
            raise
        except Exception as error:
            found.candidates.append(_spoiled(self.crashes.told(error), ask))
        if not found.candidates and ask.questions and ask.questions[-1].end == "answered":
            found.candidates.append(
                MadeCandidate(None, "dropped", NOTHING, operator=ask.operator, asks=_keys(ask))
            )
        return found

    async def _each(self, given: object) -> AsyncIterator[Made]:
        if not isinstance(given, AsyncIterator):
            if inspect.iscoroutine(given):
                given.close()
            raise PitchpipeError(
                f"generator '{self.use.label}' gives {type(given).__name__}: it must be an `async def` that"
                " yields pp.made(...)"
            )
        async for made in given:
            if not isinstance(made, Made):
                raise PitchpipeError(
                    f"generator '{self.use.label}' yields {made!r:.60}: it must yield pp.made(...)"
                )
            yield made


def _candidate(made: Made, ask: OneSource) -> MadeCandidate:
    """What was yielded. The questions before it were about its operator, if nothing else was said."""
    operator = made.operator or ask.operator
    for question in reversed(ask.questions):
        if question.operator:
            break
        question.operator = operator
    candidate = MadeCandidate(made, operator=operator, asks=_keys(ask))
    candidate.drops(made.drop)
    return candidate


def _spoiled(reason: str, ask: OneSource) -> MadeCandidate:
    return MadeCandidate(None, "quarantined", reason, operator=ask.operator, asks=_keys(ask))


def _keys(ask: OneSource) -> tuple[str, ...]:
    return tuple(question.key for question in ask.questions if question.end == "answered")


def some(sources: Sequence[Conversation], worker: Worker) -> Sequence[Conversation]:
    """All of them, or those of a pilot, drawn from all."""
    if worker.most is None or worker.most >= len(sources):
        return sources
    drawn = Random(f"{worker.use.label} pilot").sample(range(len(sources)), worker.most)
    return [sources[number] for number in sorted(drawn)]


async def on_sources(worker: Worker, sources: Sequence[Conversation], watch: Watching) -> Worked:
    """Every source, as many at once as the teacher answers; what came of them in their order."""
    use, found = worker.use, dict[int, FinishedOne]()
    watch.begins(use, sources, len(sources))
    sources = some(sources, worker)
    left = iter(enumerate(sources))

    async def work() -> None:
        for number, source in left:
            found[number] = await worker.source(source)
            watch.finished(use, found[number], len(found))
            if worker.crashes.error:
                return

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(worker.at_once, len(sources))):
                group.create_task(work())
    except* PitchpipeError as errors:
        raise errors.exceptions[0] from None
    watch.ends(use)
    done = [(sources[number], found[number]) for number in sorted(found)]
    return Worked(use, len(sources), list(done), len(done))
