"""The teachers of a recipe, with the record of what they were asked: opened together and closed together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe_stages.generate.making.asked import AskedTeacher
from pitchpipe_stages.generate.making.interrupts import interrupts
from pitchpipe_stages.generate.making.offline import Offline
from pitchpipe_stages.generate.making.progress import Watching
from pitchpipe_stages.generate.requests.abilities import Closes
from pitchpipe_stages.generate.requests.flights import Flights
from pitchpipe_stages.generate.requests.in_process import take_models
from pitchpipe_stages.generate.requests.purse import Purse
from pitchpipe_stages.generate.requests.record import FILE, RequestRecord
from pitchpipe_stages.generate.requests.sections import BUDGET, TEACHERS, teacher_named
from pitchpipe_stages.generate.requests.sender import Sender
from pitchpipe_stages.generate.requests.spending import Spending, spending_of


class TeachersAtWork:
    """Teachers that are asked, or whose replies on record are looked up. `passed_over` are keys of questions
    that are not asked again, and why they failed."""

    def __init__(self, recipe: Recipe, folder: Path, passed_over: Mapping[str, str]):
        self.recipe, self.file, self.passed_over = recipe, folder / FILE, passed_over
        self.teachers: dict[str, AskedTeacher] = {}
        self.spending: dict[str, Spending] = {}
        self.interrupted = False
        self._senders: dict[str, Sender] = {}

    def of(self, use: Use) -> AskedTeacher:
        """The teacher of a generator."""
        return teacher_named(str(use.shared.get("teacher")), self.teachers)

    @property
    def problem(self) -> PitchpipeError | None:
        """What stopped a teacher, if something did."""
        return next((one.problem for one in self.teachers.values() if one.problem), None)

    @asynccontextmanager
    async def looked_up(self, console: Console) -> AsyncIterator[None]:
        """Nothing is sent, and no record is begun."""
        take_models(self.recipe, console)
        record = RequestRecord(self.file) if self.file.exists() else None
        try:
            for use in self.recipe[TEACHERS]:
                self.teachers[use.label] = AskedTeacher(Offline(use, record), self.passed_over)
            yield
            self.spending = self._spending(record) if record else {}
        finally:
            if record:
                record.close()

    @asynccontextmanager
    async def asked(self, console: Console, watch: Watching) -> AsyncIterator[None]:
        """Teachers are asked what the record does not know."""
        take_models(self.recipe, console)
        uses = self.recipe[TEACHERS]
        async with RequestRecord(self.file) as record:
            purse = Purse(self.recipe[BUDGET], record.spent())
            for use in uses:
                flights = Flights(getattr(use.bound, "concurrency", 1))
                self._senders[use.label] = sender = Sender(use, record, purse, flights)
                self.teachers[use.label] = AskedTeacher(sender, self.passed_over)
            watch.opened(self._senders)
            try:
                with interrupts(lambda: self._stop(console)):
                    yield
            finally:
                for use in uses:
                    if isinstance(use.bound, Closes):
                        await use.bound.close()
                self.spending = self._spending(record)

    def _spending(self, record: RequestRecord) -> dict[str, Spending]:
        return {use.label: spending_of(use, record) for use in self.recipe[TEACHERS]}

    def _stop(self, console: Console) -> None:
        """Nothing more is sent. What flies is paid for, and is waited for."""
        self.interrupted = True
        for sender in self._senders.values():
            sender.stop(PitchpipeError("Ctrl-C"))
        if flying := sum(sender.flights.flying for sender in self._senders.values()):
            console.say(f"waiting for {flying:,} replies that are paid for. Ctrl-C again: without them")
