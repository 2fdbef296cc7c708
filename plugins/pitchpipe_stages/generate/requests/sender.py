"""Asks one teacher: each question once, again where that helps, never beyond the budget."""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import msgspec

from pitchpipe.errors import AskAgain, PitchpipeError
from pitchpipe.host.contracts import Ask, Reply, Usage
from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.generate.requests.abilities import NeedsVariable, Priced, is_priced
from pitchpipe_stages.generate.requests.budget import Charge
from pitchpipe_stages.generate.requests.flights import Flight, Flights
from pitchpipe_stages.generate.requests.halves import without_halves
from pitchpipe_stages.generate.requests.key import as_bytes, key_of, request_of
from pitchpipe_stages.generate.requests.purse import Purse
from pitchpipe_stages.generate.requests.record import RequestRecord

TRIES = 6  # for one question
REFUSALS = 60  # of a server that says when to come back: those are no failures
FIRST, LONGEST = 0.5, 30.0  # seconds to wait before another try, at most
PATIENCE = 600.0  # seconds that a server may ask to wait
IN_A_ROW = 16  # questions without a reply: nobody is there
UNANSWERED = 20.0  # seconds in which as many tries found nobody

Found = Reply | AskAgain | PitchpipeError  # of an attempt


@dataclass
class Outcomes:
    """What came of the questions to a teacher."""

    ends: dict[str, int] = field(default_factory=dict)
    known: int = 0  # from the record
    problem: str = ""  # why the first one failed
    sent: int = 0  # requests


class Sender:
    """One teacher, and how it is asked."""

    def __init__(self, use: Use, record: RequestRecord, purse: Purse, flights: Flights):
        self.use, self.record, self.purse, self.flights = use, record, purse, flights
        flights.met |= "batch" in use.bound.can  # nothing to find out, and all the better together
        self.tally = Outcomes()
        self._price = use.bound.dollars if isinstance(use.bound, Priced) else None
        self._variable = use.bound.variable() if isinstance(use.bound, NeedsVariable) else ""
        self.broken: PitchpipeError | None = None  # why nobody need go on asking
        self._stopped = asyncio.Event()
        self._in_a_row = 0
        self._tries, self._since = 0, 0.0  # that found nobody, and when that began

    async def reply(self, ask: Ask) -> Reply:
        """The reply of the record, or of the teacher."""
        request = as_bytes(request_of(self.use, ask))
        key, asked = key_of(request), self.record.asked
        while key in asked:  # by another, who may be stopped before there is a reply
            if found := await asyncio.shield(asked[key]):
                self.tally.known += 1
                return found
        asked[key] = asyncio.get_running_loop().create_future()
        found = None
        try:
            found = msgspec.structs.replace(await self._of_record_or_asked(ask, key, request), key=key)
            return found
        finally:
            asked.pop(key).set_result(found)

    async def _of_record_or_asked(self, ask: Ask, key: str, request: bytes) -> Reply:
        known = await self.record.reply(key)
        if known and counts(known):
            self.tally.known += 1
            return known
        return await self._asked(ask, key, request)

    async def _asked(self, ask: Ask, key: str, request: bytes) -> Reply:
        tries, refusals, problem = 0, 0, ""
        while tries < TRIES and refusals < REFUSALS and not self.broken:
            async with Flight(self.flights) as flight:
                found = await self._tried(ask, key, request, flight)
            if isinstance(found, Reply):
                return found
            problem = str(found)
            tries, refusals = (tries, refusals + 1) if found.after is not None else (tries + 1, refusals)
            if found.after is None and tries < TRIES:
                await self._rest(random.uniform(0, min(LONGEST, FIRST * 2**tries)))
        if self.broken:
            return _stopped(self.broken)
        self._gave_none(problem)
        return Reply("", "failed", problem=problem)

    async def _tried(self, ask: Ask, key: str, request: bytes, flight: Flight) -> Reply | AskAgain:
        """One attempt: on the disk before it is sent, its reply on the disk before it is used."""
        self._must_have_key()
        worst = self._worst(ask, request)
        if (reserved := await self.purse.reserve(worst)) is None:
            return Reply("", "unsent", problem=f"the budget is spent: {self.purse.budget}")
        if self.broken:
            self.purse.settle(reserved, Charge())
            return _stopped(self.broken)
        with self._errors_stop_all():
            found, keeping = await self._sent(ask, key, request, worst, reserved)
            # Who may fly now is written down behind this reply, and sent when both are on the disk: no more
            # than may fly at once are ever sent and have no reply on record.
            if isinstance(found, Reply):
                flight.land()
            await keeping
            if isinstance(found, PitchpipeError):
                raise found
        if isinstance(found, AskAgain):
            self._wait(found)
        else:
            self._gave(found)
        return found

    async def _sent(
        self, ask: Ask, key: str, request: bytes, worst: Charge, reserved: int
    ) -> tuple[Found, Awaitable[None]]:
        """What came of an attempt, and that it is on the disk."""
        cost = worst
        try:
            attempt = await self.record.begin(key, (self.use.label, self.use.bound.model), request, worst)
            self.tally.sent += 1
            found = await self._found(ask)
            known = self._cost(found)
            cost = known or worst
        finally:
            self.purse.settle(reserved, cost)
        if isinstance(found, Reply):
            return found, self.record.answered(attempt, key, found, known)
        return found, self.record.failed(attempt, key, str(found), known)

    @contextmanager
    def _errors_stop_all(self) -> Iterator[None]:
        """Of the record, and of a teacher that need not be asked again."""
        try:
            yield
        except PitchpipeError as error:
            self.stop(error)
            raise

    async def _found(self, ask: Ask) -> Found:
        try:
            return whole(await self.use.bound(ask))
        except (AskAgain, PitchpipeError) as error:
            return error

    @property
    def priced(self) -> bool:
        return is_priced(self.use)

    def so_far(self) -> str:
        """What flies and what was spent, for a bar."""
        pause = self.flights.pause
        flying = f"waiting {pause:,.0f} s, the server asked for it" if pause >= 1 else ""
        flying = flying or f"{self.flights.flying} in flight"
        return f"{flying}, ${self.purse.spent.dollars:.4g}" if self.priced else flying

    async def _rest(self, seconds: float) -> None:
        """Waits before another try, as long as there may be one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()

    def stop(self, error: PitchpipeError) -> None:
        """Nobody is asked any more, for the first reason."""
        self.broken = self.broken or error
        self.flights.wait_no_more()
        self._stopped.set()

    def _wait(self, again: AskAgain) -> None:
        if again.after is not None and again.after > PATIENCE:
            minutes = again.after / 60
            error = PitchpipeError(
                f"teacher '{self.use.label}' wants to be left alone for {minutes:,.0f} minutes: {again}."
                " What was answered is kept: run the same again then."
            )
            self.stop(error)
            raise error
        self.flights.slower(again.after)
        now = time.monotonic()
        self._since = self._since if self._tries else now
        self._tries += again.after is None
        if self._tries >= IN_A_ROW and now - self._since >= UNANSWERED:
            self._nobody_answers(str(again))

    def _gave(self, reply: Reply) -> None:
        self.flights.faster()
        self._tries = 0
        if counts(reply):
            self._in_a_row = 0
        else:
            self._gave_none(reply.problem)

    def _gave_none(self, problem: str) -> None:
        self._in_a_row += 1
        if self._in_a_row >= IN_A_ROW:
            self._nobody_answers(problem)

    def _nobody_answers(self, problem: str) -> None:
        words = f"teacher '{self.use.label}' answered none of the last {IN_A_ROW} requests: {problem}."
        self.stop(PitchpipeError(f"{words} What was answered is kept: run the same again to go on."))

    def _must_have_key(self) -> None:
        name = self._variable
        if name and not os.environ.get(name, "").strip():
            words = f"teacher '{self.use.label}' reads its key from the variable {name}: export {name}=..."
            error = PitchpipeError(words)
            self.stop(error)
            raise error

    def _worst(self, ask: Ask, request: bytes) -> Charge:
        """No token is shorter than a byte, and no more is written than `max_tokens` and thoughts may have."""
        return self._charge(Usage(len(request), ask.max_tokens + getattr(self.use.bound, "thinking", 0)))

    def _cost(self, found: Found) -> Charge | None:
        """What an attempt took; None where nobody knows, so that the worst counts."""
        if isinstance(found, AskAgain):
            return Charge(0.0, 1, 0) if found.free else None
        if isinstance(found, PitchpipeError):
            return Charge(0.0, 1, 0)
        usage = found.usage
        if usage is None or min(usage.read, usage.written, usage.cached) < 0:
            return None
        return self._charge(usage)

    def _charge(self, usage: Usage) -> Charge:
        dollars = self._price(usage) if self._price else None
        return Charge(dollars or 0.0, 1, usage.read + usage.written)


def _stopped(why: PitchpipeError) -> Reply:
    return Reply("", "unsent", problem=f"stopped: {why}")


def counts(reply: Reply) -> bool:
    """Whether something was answered. What a server refused to read may be asked again, and costs nothing."""
    return reply.end != "failed" or reply.usage is None or reply.usage.written > 0


def whole(reply: Reply) -> Reply:
    """A reply of text that can be written to a file."""
    said = {name: without_halves(getattr(reply, name)) for name in ("text", "model", "problem", "reasoning")}
    tokens = [(without_halves(token), value) for token, value in reply.logprobs]
    return msgspec.structs.replace(reply, **said, logprobs=tokens)
