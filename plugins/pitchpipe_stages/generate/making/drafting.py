"""Drafts until as many as are wanted gave rows. What a draft may see never depends on who was faster.

Drafts are decided in their order: each candidate is admitted or dropped. Those that are admitted give their
rows beside further drafts, and the first of them, in their order, that gave rows are accepted.
"""

import asyncio
import math
from collections.abc import Coroutine, Sequence
from typing import Any

from pitchpipe.host.making import Pool
from pitchpipe.records.conversation import Conversation, replace
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.generate.making.entries import ENOUGH, LATE, NOT_SENT, Entry, hopes, none_of, too_late
from pitchpipe_stages.generate.making.progress import FinishedOne, MadeCandidate, Watching
from pitchpipe_stages.generate.making.window import First, window
from pitchpipe_stages.generate.making.working import Pair, Worked, Worker
from pitchpipe_stages.generate.making.yields import Yields


class Drafting:
    """One generator that drafts."""

    def __init__(self, worker: Worker, seeds: Sequence[Conversation], watch: Watching):
        self.worker, self.seeds, self.watch, self.use = worker, seeds, watch, worker.use
        self.generator = worker.use.bound
        self.wants = min(self.generator.wanted, worker.most or self.generator.wanted)
        self.admit = self.generator.admission(seeds)
        self.stopped = ""
        self.accepted = 0
        self._back: dict[int, FinishedOne] = {}  # drafts that are back, and not decided yet
        self._hoped = 0  # candidates of these
        self._decided: list[FinishedOne] = []  # in order
        self._admitted: list[Conversation] = []
        self._seen_by = [0]  # how many were admitted of the first 0, 1, 2, ... drafts
        self._ids = {seed.id for seed in seeds}
        self._entries: list[Entry] = []  # in order
        self._waiting: list[Entry] = []  # that were admitted, in order
        self._begun, self._started, self._settled = 0, 0, 0  # drafts, of those waiting, of the entries
        self._rowless = 0  # of those that were started: they gave no row
        self._yields, self._end = Yields(), -1
        self._arrived, self._in_vain = Yields(), ""  # as it comes, whoever was faster
        self._tasks: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None
        self._changed = asyncio.Event()

    async def run(self) -> Worked:
        self.watch.begins(self.use, self.seeds, self.wants)
        try:
            self._go_on()
            while self._tasks and not self._error:
                self._changed.clear()
                await self._changed.wait()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._error:
            raise self._error
        self.watch.ends(self.use)
        return self._worked()

    # --- What happens next -------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Decides what can be decided, and begins what may begin."""
        while not self.stopped and len(self._decided) in self._back:
            self._decide(self._back[len(self._decided)])
        self._settle()
        if self._error or self.worker.crashes.error:
            return
        while self._may_give_rows():
            entry = self._waiting[self._started]
            self._started += 1
            if entry.source and entry.source.last_reply() is not None:  # it is a row already
                self._accept(entry)
            else:
                self._begin(self._rows_of(entry))
        self._settle()
        while self._may_draft():
            self._begin(self._drafted(self._begun))
            self._begun += 1

    def _may_give_rows(self) -> bool:
        working = self._started - self.accepted - self._rowless
        return not self._ended and self._started < len(self._waiting) and self.accepted + working < self.wants

    def _may_draft(self) -> bool:
        """Whether one more draft is worth its price: all that is under way would not be enough."""
        most = self.worker.most
        if self._in_vain and (self._back or self._settled < len(self._entries)):
            return False  # what is waited for will show whether this is the end
        if self.stopped or len(self._tasks) >= self.worker.at_once or (most and self._begun >= most):
            return False
        each = math.ceil(len(self._admitted) / len(self._decided)) if self._decided else 1
        flying = self._begun - len(self._decided) - len(self._back)
        pending = len(self._waiting) - self.accepted - self._rowless + self._hoped + flying * max(1, each)
        return len(self._decided) >= window(self._begun) and self.accepted + pending < self.wants

    @property
    def _ended(self) -> bool:
        return self._end >= 0

    # --- Tasks -------------------------------------------------------------------------------------

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ends)

    def _ends(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        try:
            task.result()
            self._go_on()
        except BaseException as error:
            self._error = self._error or error
        self._changed.set()

    async def _drafted(self, number: int) -> None:
        seen = self._seen_by[window(number)]
        pool = Pool(self.seeds, First(self._admitted, seen))
        found = await self.worker.draft(number, lambda ask: self.generator.draft(pool, ask))
        self._back[number] = found
        self._hoped += hopes(found)
        for candidate in found.candidates or [none_of(found)]:
            if candidate.fate != "kept":
                self._arrives(candidate.reason, candidate.made is None)

    def _arrives(self, reason: str, empty: bool = False) -> None:
        self._in_vain = self._arrived.add(reason, empty)

    async def _rows_of(self, entry: Entry) -> None:
        assert entry.source
        entry.rows = found = await self.worker.source(entry.source)
        if any(one.fate == "kept" for one in found.candidates):
            self._accept(entry)
        elif not any(one.end == "unsent" for one in found.questions):
            entry.settled, self._rowless = True, self._rowless + 1
            entry.candidate.drops(None, "it gave no row")
            self._arrives("it gave no row")
        self.watch.finished(self.use, found, self.accepted)

    def _accept(self, entry: Entry) -> None:
        entry.settled, self.accepted = True, self.accepted + 1
        self._arrives("")

    # --- Decisions, in order -----------------------------------------------------------------------

    def _decide(self, draft: FinishedOne) -> None:
        """Admits what a draft gave, or drops it."""
        if any(question.end == "unsent" for question in draft.questions):
            self.stopped = NOT_SENT
            self.watch.finished(self.use, draft, self.accepted)
            return
        del self._back[len(self._decided)]
        self._hoped -= hopes(draft)
        self._decided.append(draft)
        entries = [self._admission(candidate) for candidate in draft.candidates]
        if not entries:
            entries = [Entry(none_of(draft), empty=True)]
        self._entries += entries
        self._seen_by.append(len(self._admitted))
        self.watch.finished(self.use, draft, self.accepted)

    def _admission(self, candidate: MadeCandidate) -> Entry:
        made, entry = candidate.made, Entry(candidate)
        if made is None or candidate.fate != "kept":
            entry.empty = made is None
            return entry
        try:
            candidate.drops(Drop("the same as another") if made.id in self._ids else self.admit(made))
        except Exception as error:
            candidate.fate, candidate.reason = "quarantined", self.worker.crashes.told(error)
        if candidate.fate == "kept":
            self._ids.add(made.id)
            conversation = made.conversation
            entry.source = replace(conversation, group=conversation.group or made.id)
            self._admitted.append(entry.source)
            entry.settled = False
            self._waiting.append(entry)
        else:
            self._arrives(candidate.reason)
        return entry

    def _settle(self) -> None:
        """Looks at what is known in order. Too little of it accepted: that is the end."""
        while not self._ended and self._settled < len(self._entries):
            entry = self._entries[self._settled]
            if not entry.settled:
                return
            self._settled += 1
            if why := self._yields.add(entry.why, entry.empty):
                self.stopped, self._end = why, self._settled

    # --- The end -----------------------------------------------------------------------------------

    def _worked(self) -> Worked:
        """What was accepted, in order, and why the rest was not."""
        for entry in self._entries[self._end :] if self._ended else ():
            too_late(entry, LATE)
        accepted = sum(entry.settled and entry.candidate.fate == "kept" for entry in self._waiting)
        enough = accepted >= self.wants
        for entry in self._waiting:
            if not entry.settled:
                too_late(entry, ENOUGH if enough else NOT_SENT)
        late = [self._back[number] for number in sorted(self._back)]
        for candidate in (one for draft in late for one in draft.candidates):
            if candidate.fate == "kept":
                candidate.drops(None, ENOUGH if enough else LATE)
        pilot = "the pilot had its drafts" if self.worker.most else NOT_SENT
        drafts: list[Pair] = [(None, one) for one in [*self._decided, *late]]
        rows = [(entry.source, entry.rows) for entry in self._waiting if entry.rows]
        stopped = "" if enough else self.stopped or pilot
        return Worked(self.use, self.wants, [*drafts, *rows], accepted, stopped)
