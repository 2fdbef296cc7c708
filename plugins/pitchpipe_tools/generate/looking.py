"""Looks on while generators work, and tells a screen now and then what is known."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from pitchpipe.host.making import Made
from pitchpipe.host.protocols import Drafts
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.generate.making.progress import FinishedOne, MadeCandidate
from pitchpipe_stages.generate.requests.sender import Sender
from pitchpipe_stages.progress import HowFar
from pitchpipe_tools.generate.state import AtWork, InFlight, Moment
from pitchpipe_tools.generate.words import spent_of

SECONDS = 20  # the rate is that of the last ones

Show = Callable[[Moment], None]


class Looking:
    """What is known at this moment. The screen is drawn in the loop in which the generators work."""

    def __init__(
        self, uses: Sequence[Use], show: Show, every: float, clock: Callable[[], float] = time.monotonic
    ):
        self.generators = {use.label: AtWork(use.label) for use in uses}
        self.senders: list[tuple[str, Sender]] = []
        self.last = ""
        self._show, self._every, self._clock = show, every, clock
        self._marks = deque([(clock(), 0)])  # of the requests that are back
        self._far: HowFar | None = None

    # --- Told by the generators ----------------------------------------------------------------------

    def opened(self, senders: Mapping[str, Sender]) -> None:
        self.senders = list(senders.items())
        asyncio.get_running_loop().call_later(self._every, self._tick)

    def begins(self, use: Use, sources: Sequence[Conversation], wants: int) -> None:
        one = self.generators[use.label]
        one.state, one.total = "works", wants
        one.unit = "accepted" if isinstance(use.bound, Drafts) else "sources"
        self._far = HowFar(wants, self._clock)

    def finished(self, use: Use, one: FinishedOne, accepted: int) -> None:
        at = self.generators[use.label]
        for candidate in one.candidates:
            self._count(at, candidate)
        for question in one.questions:
            if question.end != "answered":
                at.why[f"{question.end}: {_kind(question.why)}".removesuffix(": ")] += 1
        steps, at.done = accepted - at.done, accepted
        if self._far and steps:
            self._far.add(steps)

    def _count(self, at: AtWork, candidate: MadeCandidate) -> None:
        made, kept = at.of(candidate.operator), candidate.fate == "kept"
        made.candidates, made.kept = made.candidates + 1, made.kept + kept
        if not kept:
            at.why[_kind(candidate.reason)] += 1
        elif candidate.made:
            self.last = asked_in(candidate.made)

    def ends(self, use: Use) -> None:
        self.generators[use.label].state = "done"

    # --- Told to a screen ----------------------------------------------------------------------------

    def _tick(self) -> None:
        self._show(self.moment())
        asyncio.get_running_loop().call_later(self._every, self._tick)

    def moment(self) -> Moment:
        """What is known. To be asked in the loop, once it runs."""
        flights = [_flight(name, one) for name, one in self.senders]
        senders = [one for _, one in self.senders]
        rate = self._rate(sum(one.tally.sent - one.flights.flying for one in senders))
        known, generators = sum(one.tally.known for one in senders), list(self.generators.values())
        return Moment(generators, flights, rate, known, spent_of(senders), self._left(), self.last)

    def _left(self) -> str:
        """Time, of the generator that is at work: nobody knows that of those behind it."""
        left = self._far.time_left() if self._far else ""
        behind = any(one.state == "waits" for one in self.generators.values())
        at_work = [one.label for one in self.generators.values() if one.state == "works"]
        return f"{left} of {at_work[0]}" if left and behind and at_work else left

    def _rate(self, back: int) -> float:
        """Requests that came back, by the second."""
        now = self._clock()
        self._marks.append((now, back))
        while now - self._marks[0][0] > SECONDS:
            self._marks.popleft()
        began, before = self._marks[0]
        return max(0, back - before) / (now - began) if now > began else 0.0


def asked_in(made: Made) -> str:
    """What the user says first."""
    messages = made.conversation.messages
    return next((one.content for one in messages if one.role == "user"), messages[0].content)


def _kind(reason: str) -> str:
    """What a reason is counted by."""
    return reason.partition(": ")[0]


def _flight(name: str, sender: Sender) -> InFlight:
    flights = sender.flights
    return InFlight(name, flights.flying, max(1, int(flights.limit)), flights.most, flights.pause)
