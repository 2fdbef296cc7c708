"""The middleware `journal`: what was asked and answered, by consent, without personal data, and what clients
say of it later. The loader `served` makes training data of it."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from functools import partial
from itertools import chain
from typing import Annotated, Any, Literal, cast

import msgspec

import pitchpipe as pp
from pitchpipe_components.middlewares.heard_answer import HeardAnswer
from pitchpipe_components.middlewares.journal_files import JournalFiles
from pitchpipe_components.middlewares.journal_writer import JournalWriter
from pitchpipe_components.middlewares.known_ids import KnownIds
from pitchpipe_components.middlewares.salted import SaltedDigest
from pitchpipe_components.served.lines import FeedbackLine
from pitchpipe_components.served.prompts import learned_prompts
from pitchpipe_components.text.masking import ALL, PersonalKind, masked

KNOWN = 100_000  # answers of which feedback is taken
EVERY = 1 << 40  # conversations that a model was tuned on
MB = 2**20
KINDS = {
    "answers": "answers that are kept", "without": "answers without consent", "better": "better replies",
    "up": "rated up", "down": "rated down", "even": "rated 0", "lost": "lines that were lost",
}  # fmt: skip


class AnswerJournal:
    """Keep answers and what was asked, by consent, and what clients say of them.

    A client consents by `"metadata": {"consent": "yes"}` or by the header `x-pitchpipe-consent: yes`. What it
    says no to is never kept. Personal data is masked as the filter `pii` does it.
    """

    def __init__(
        self,
        *,
        consent: Annotated[
            Literal["asked", "always"],
            pp.Meta(
                description="asked: what clients consent to is kept; always: all but what they refuse, where"
                " your terms say so"
            ),
        ] = "asked",
        mask: Annotated[
            tuple[PersonalKind, ...], pp.Meta(description="the kinds of personal data to mask")
        ] = ALL,
        megabytes: Annotated[float, pp.Meta(gt=0, description="the size of a file")] = 64,
        keep: Annotated[float, pp.Meta(gt=0, description="megabytes of all files; the oldest leave")] = 1024,
    ):
        if keep < 2 * megabytes:
            raise ValueError(f"keep: {keep:g} megabytes are less than two files of {megabytes:g} (megabytes)")
        self.consent, self.mask, self.megabytes, self.keep = consent, mask, megabytes, keep
        self.counts = Counter[str]()
        self._told = set[str]()
        self._ends = AsyncExitStack()

    async def begin(self, service: pp.Service) -> None:
        import asyncio

        self._service, self._loop = service, asyncio.get_running_loop()
        self._known = KnownIds(KNOWN)
        try:
            self._digest = SaltedDigest(service.folder)
            await asyncio.to_thread(self._known.read, service.folder)
        except OSError as error:
            raise pp.PitchpipeError(f"the journal cannot be kept in {service.folder}: {error}") from None
        most, keep = int(self.megabytes * MB), int(self.keep * MB)
        files = JournalFiles(service.folder, most, keep, self._in_loop(service.say))
        self._learned = frozenset[int]()
        self._writer = JournalWriter(files, self._in_loop(self._lost))
        self._ends.push_async_callback(asyncio.to_thread, self._writer.close)
        self._writer.add(self._learn)

    async def close(self) -> None:
        await self._ends.aclose()

    async def __call__(self, request: pp.Request, answer: pp.Answering) -> AsyncIterator[pp.Said]:
        heard = self._to_keep(request)
        try:
            async with aclosing(cast(Any, answer(request))) as stretches:
                async for said in stretches:
                    if heard:
                        heard.add(said)
                    yield said
        except BaseException as error:
            if heard:
                heard.broke("failed" if isinstance(error, Exception) else "left")
            raise
        finally:
            if heard and heard.replies:
                self._count("answers")
                self._writer.add(partial(self._line, heard))

    async def heard(self, feedback: pp.Feedback) -> bool:
        """Keeps it where the answer is one of this journal's."""
        if feedback.id not in self._known:
            return False
        self._count(_kind(feedback))
        self._writer.add(partial(self._feedback_line, feedback, time.time()))
        return True

    def panels(self) -> Sequence[pp.Panel]:
        """What was kept, and what clients think of it."""
        lost = self.counts["lost"]
        alert = f"the journal has lost {lost:,} lines: see the log" if lost else ""
        rows = [(words, self.counts[name]) for name, words in KINDS.items()]
        return [pp.Panel("Journal", "since the server began", ("", "number"), rows, alert=alert)]

    def _to_keep(self, request: pp.Request) -> HeardAnswer | None:
        """What gathers the answer, where it may be kept. Feedback on it may come before its last word."""
        if request.consent is False or not (request.consent or self.consent == "always"):
            self._count("without")
            return None
        self._known.add(request.id)
        return HeardAnswer(request, "client" if request.consent else "server")

    def _learn(self) -> bytes:
        """Before the first line: what the models were tuned on."""
        known = (self._service.learned(name, EVERY) for name in self._service.names)
        self._learned = learned_prompts(chain.from_iterable(known))
        return b""

    def _line(self, heard: HeardAnswer) -> bytes:
        return msgspec.json.encode(heard.line(self.mask, self._digest, self._learned)) + b"\n"

    def _feedback_line(self, feedback: pp.Feedback, at: float) -> bytes:
        finds = Counter[str]()
        better = masked(feedback.better, self.mask, finds)
        line = FeedbackLine(
            feedback=feedback.id, index=feedback.index, at=round(at, 3), rating=feedback.rating,
            better=better, user=self._digest(feedback.user), masked=dict(finds),
        )  # fmt: skip
        return msgspec.json.encode(line) + b"\n"

    def _count(self, kind: str) -> None:
        self.counts[kind] += 1
        self._service.count("journal", "what came to the journal, by kind", kind=kind)

    def _lost(self, why: str) -> None:
        """Counts it, and says it once."""
        self._count("lost")
        if why not in self._told:
            self._told.add(why)
            self._service.say(f"journal: {why}")

    def _in_loop(self, tell: Any) -> Any:
        """The same, for calls from another thread."""
        return lambda *words: self._loop.call_soon_threadsafe(tell, *words)


def _kind(feedback: pp.Feedback) -> str:
    if feedback.better:
        return "better"
    return "up" if (feedback.rating or 0) > 0 else "down" if (feedback.rating or 0) < 0 else "even"
