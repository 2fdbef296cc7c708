"""Runs a recipe's generators, one after another: each works on what those before it have made."""

import asyncio
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.host.protocols import Drafts
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Conversation
from pitchpipe.run.atomic import write, write_json
from pitchpipe_stages.generate.making.at_work import TeachersAtWork
from pitchpipe_stages.generate.making.chain import Chain
from pitchpipe_stages.generate.making.drafting import Drafting
from pitchpipe_stages.generate.making.explained import lines_of
from pitchpipe_stages.generate.making.garbage import seldom_looked_for
from pitchpipe_stages.generate.making.line import as_bytes
from pitchpipe_stages.generate.making.made import MadeFile, decided_by, known, whole
from pitchpipe_stages.generate.making.place import LEDGER, MADE, PILOT, ROWS, SOURCES, folder_of
from pitchpipe_stages.generate.making.progress import NobodyWatches, Watching
from pitchpipe_stages.generate.making.sections import GENERATE, GENERATORS
from pitchpipe_stages.generate.making.seeds import seeds_of
from pitchpipe_stages.generate.making.working import Worked, Worker, on_sources
from pitchpipe_stages.generate.requests.reading import reading
from pitchpipe_stages.generate.requests.record import FILE
from pitchpipe_stages.generate.requests.sections import TEACHERS


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
        self.made: MadeFile | None = None  # when it has ended, well or not

    @seldom_looked_for()
    def run(self) -> MadeFile:
        """Makes what is missing, and writes it all. What stopped a teacher is raised when all is written."""
        if not self.offline:
            self.folder.mkdir(parents=True, exist_ok=True)
        made, problem = self._made()
        self.write(made)
        if problem:
            raise problem
        return made

    @seldom_looked_for()
    def rehearse(self) -> MadeFile:
        """What the record alone gives. Nothing is sent, and nothing is written."""
        self.offline = True
        return self._made()[0]

    # --- Work --------------------------------------------------------------------------------------

    def _made(self) -> tuple[MadeFile, PitchpipeError | None]:
        self._must_be_ours()
        before = known(self.folder)
        teaching = TeachersAtWork(self.recipe, self.folder, before.passed_over if before else {})
        asyncio.run(self._all(teaching))
        if teaching.interrupted:
            raise KeyboardInterrupt
        made = whole(self.recipe, self.parts, len(self.chain.rows), teaching.problem)
        made.teachers, made.decided_by = teaching.spending, decided_by(self.recipe)
        self.made = made
        return made, teaching.problem

    async def _all(self, teaching: TeachersAtWork) -> None:
        """Lets every generator make what it makes."""
        opened = (
            teaching.looked_up(self.console) if self.offline else teaching.asked(self.console, self.watch)
        )
        async with opened:
            made: list[Conversation] = []
            for use in self.recipe[GENERATORS]:
                worker = Worker(use, teaching.of(use), self.recipe[GENERATE].seed, self.limit)
                self.parts.append(await self._worked(worker, self._sources(use, made)))
                if worker.crashes.error:
                    raise worker.crashes.error
                made += self.chain.take(self.parts[-1])

    def _sources(self, use: Use, made: list[Conversation]) -> list[Conversation]:
        """What a generator works on: its seeds, or what was made before it."""
        path = use.shared.get("seeds")
        return self.chain.begin(seeds_of(self.recipe, path, self.console)) if path else list(made)

    async def _worked(self, worker: Worker, sources: list[Conversation]) -> Worked:
        if isinstance(worker.use.bound, Drafts):
            return await Drafting(worker, sources, self.watch).run()
        of_call = getattr(worker.use.component.call, "unanswered", False)
        if getattr(worker.use.bound, "unanswered", of_call):  # a function with options set has none itself
            left = [source for source in sources if source.messages[-1].role != "assistant"]
            if sources and not left:
                words = (
                    f"{worker.use.label}: nothing to do, all {len(sources):,} sources have a reply already"
                )
                self.console.say(f"[yellow]warning:[/] {words}")
            sources = left
        return await on_sources(worker, sources, self.watch)

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

    def _numbers(self) -> dict[str, int]:
        """The numbers of the questions on record, by their keys."""
        file = self.folder / FILE
        if not file.exists():
            return {}
        with reading(file) as record:
            return record.numbers()

    def rows_as_bytes(self) -> bytes:
        """What rows.jsonl holds."""
        return b"".join(map(as_bytes, self.chain.rows))

    def write(self, made: MadeFile) -> None:
        """Each file whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = self.rows_as_bytes()
        if self.limit is not None:
            write(self.folder / PILOT, rows)
            return
        numbers = self._numbers()
        lines = [line + b"\n" for worked in self.parts for line in lines_of(worked, numbers)]
        write(self.folder / ROWS, rows)
        write(self.folder / LEDGER, b"".join(lines))
        write(self.folder / SOURCES, b"".join(map(as_bytes, self.chain.passed_on)))
        write_json(self.folder / MADE, made)  # last: what it says is there
