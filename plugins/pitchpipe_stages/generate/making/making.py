"""Runs a recipe's generators, one after another: each works on what those before it have made."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.host.contracts import Console
from pitchpipe.host.protocols import Drafts
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Conversation
from pitchpipe.run.atomic import write, write_json
from pitchpipe_stages.generate.making.asked import AskedTeacher
from pitchpipe_stages.generate.making.chain import Chain
from pitchpipe_stages.generate.making.drafting import Drafting
from pitchpipe_stages.generate.making.explained import lines_of
from pitchpipe_stages.generate.making.line import as_bytes
from pitchpipe_stages.generate.making.made import MadeFile, decided_by, known, whole
from pitchpipe_stages.generate.making.offline import Offline, Replies, numbers
from pitchpipe_stages.generate.making.place import LEDGER, MADE, PILOT, ROWS, SOURCES, folder_of
from pitchpipe_stages.generate.making.progress import NobodyWatches, Watching
from pitchpipe_stages.generate.making.sections import GENERATE, GENERATORS
from pitchpipe_stages.generate.making.seeds import seeds_of
from pitchpipe_stages.generate.making.working import Worked, Worker, on_sources
from pitchpipe_stages.generate.requests.abilities import Closes
from pitchpipe_stages.generate.requests.flights import Flights
from pitchpipe_stages.generate.requests.in_process import take_models
from pitchpipe_stages.generate.requests.purse import Purse
from pitchpipe_stages.generate.requests.record import FILE, RequestRecord
from pitchpipe_stages.generate.requests.sections import BUDGET, TEACHERS
from pitchpipe_stages.generate.requests.sender import Sender
from pitchpipe_stages.generate.requests.spending import Spending, spending_of


class Making:
    """What a recipe makes, in its folder. `watch` looks on. `offline` sends nothing. With a `limit`, each
    generator has so many sources or drafts: a pilot, which is kept apart."""

    def __init__(
        self, recipe: Recipe, console: Console, watch: Watching | None = None, offline: bool = False,
        limit: int | None = None,
    ):  # fmt: skip
        self.recipe, self.console, self.watch = recipe, console, watch or NobodyWatches()
        self.offline, self.limit = offline, limit
        self.folder: Path = folder_of(recipe, recipe[GENERATE].folder)
        self.chain = Chain({use.label: use for use in recipe[TEACHERS]})
        self.parts: list[Worked] = []
        self.spending: dict[str, Spending] = {}
        self.made: MadeFile | None = None  # when it has ended, well or not

    def run(self) -> MadeFile:
        """Makes what is missing, and writes it all. What stopped a teacher is raised when all is written."""
        if not self.offline:
            self.folder.mkdir(parents=True, exist_ok=True)
        made, problem = self._made()
        self.write(made)
        if problem:
            raise problem
        return made

    def rehearse(self) -> MadeFile:
        """What the record alone gives. Nothing is sent, and nothing is written."""
        self.offline = True
        return self._made()[0]

    # --- Work --------------------------------------------------------------------------------------

    def _made(self) -> tuple[MadeFile, PitchpipeError | None]:
        self._must_be_ours()
        take_models(self.recipe, self.console)
        problem = asyncio.run(self._all())
        made = whole(self.recipe, self.parts, len(self.chain.rows), problem)
        made.teachers, made.decided_by = self.spending, decided_by(self.recipe)
        self.made = made
        return made, problem

    async def _all(self) -> PitchpipeError | None:
        """Lets every generator make what it makes. What stopped a teacher, if something did."""
        async with self._teachers() as teachers:
            made: list[Conversation] = []
            for use in self.recipe[GENERATORS]:
                worker = Worker(use, self._teacher(use, teachers), self.recipe[GENERATE].seed, self.limit)
                self.parts.append(await self._worked(worker, self._sources(use, made)))
                if worker.crashes.error:
                    raise worker.crashes.error
                made += self.chain.take(self.parts[-1])
            return next((one.problem for one in teachers.values() if one.problem), None)

    def _sources(self, use: Use, made: list[Conversation]) -> list[Conversation]:
        """What a generator works on: its seeds, or what was made before it."""
        path = use.shared.get("seeds")
        return self.chain.begin(seeds_of(self.recipe, path, self.console)) if path else list(made)

    async def _worked(self, worker: Worker, sources: list[Conversation]) -> Worked:
        if isinstance(worker.use.bound, Drafts):
            return await Drafting(worker, sources, self.watch).run()
        of_call = getattr(worker.use.component.call, "unanswered", False)
        if getattr(worker.use.bound, "unanswered", of_call):  # a function with options set has none itself
            sources = [source for source in sources if source.messages[-1].role != "assistant"]
        return await on_sources(worker, sources, self.watch)

    def _teacher(self, use: Use, teachers: dict[str, AskedTeacher]) -> AskedTeacher:
        name = str(use.shared.get("teacher"))
        if name not in teachers:
            raise PitchpipeError(f"the recipe has no teacher '{name}'.{suggest(name, teachers)}")
        return teachers[name]

    # --- Teachers ----------------------------------------------------------------------------------

    @asynccontextmanager
    async def _teachers(self) -> AsyncIterator[dict[str, AskedTeacher]]:
        """The teachers, with the record of requests."""
        uses, before = self.recipe[TEACHERS], known(self.folder)
        passed_over = before.passed_over if before else {}
        if self.offline:
            replies = Replies(self.folder / FILE)
            yield {use.label: AskedTeacher(Offline(use, replies), passed_over) for use in uses}
            return
        async with RequestRecord(self.folder / FILE) as record:
            purse = Purse(self.recipe[BUDGET], record.spent())
            senders = {use.label: self._sender(use, record, purse) for use in uses}
            self.watch.opened(senders)
            try:
                yield {name: AskedTeacher(sender, passed_over) for name, sender in senders.items()}
            finally:
                for use in uses:
                    if isinstance(use.bound, Closes):
                        await use.bound.close()
                self.spending = self._spending(record)

    def _sender(self, use: Use, record: RequestRecord, purse: Purse) -> Sender:
        return Sender(use, record, purse, Flights(getattr(use.bound, "concurrency", 1)))

    def _spending(self, record: RequestRecord) -> dict[str, Spending]:
        return {use.label: spending_of(use, record) for use in self.recipe[TEACHERS]}

    # --- Files -------------------------------------------------------------------------------------

    def _must_be_ours(self) -> None:
        """Stops where the folder holds what another recipe made, unless that recipe is gone."""
        made = known(self.folder)
        if not made or not self.recipe.path.exists() or not Path(made.recipe).exists():
            return
        if not Path(made.recipe).samefile(self.recipe.path):
            other = f"{self.recipe.path.resolve().parent.name}-{self.recipe.path.stem}"
            raise PitchpipeError(
                f"{self.folder} holds what {made.recipe} made. Name another folder for this recipe:"
                f" --set generate.folder=generated/{other}"
            )

    def rows_as_bytes(self) -> bytes:
        """What rows.jsonl holds."""
        return b"".join(map(as_bytes, self.chain.rows))

    def write(self, made: MadeFile) -> None:
        """Each file whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.offline and (self.folder / FILE).exists():
            with closing(RequestRecord(self.folder / FILE)) as record:
                made.teachers = self._spending(record)
        rows = self.rows_as_bytes()
        if self.limit is not None:
            write(self.folder / PILOT, rows)
            return
        known_numbers = numbers(self.folder / FILE)
        lines = [line + b"\n" for worked in self.parts for line in lines_of(worked, known_numbers)]
        write(self.folder / LEDGER, b"".join(lines))
        write(self.folder / SOURCES, b"".join(map(as_bytes, self.chain.passed_on)))
        write_json(self.folder / MADE, made)
        write(self.folder / ROWS, rows)
