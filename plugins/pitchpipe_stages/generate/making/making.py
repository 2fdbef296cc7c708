"""Runs a recipe's generators, one after another: each works on what those before it have made."""

import asyncio
from pathlib import Path

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe.host.making import Made, Pool, Unanswered
from pitchpipe.host.protocols import Drafts
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe.records.conversation import Conversation, replace
from pitchpipe.run.atomic import write
from pitchpipe_stages.generate.making.asked import OneSource
from pitchpipe_stages.generate.making.line import MadeBy, MadeLine, line_of
from pitchpipe_stages.generate.making.place import ROWS, folder_of
from pitchpipe_stages.generate.making.sections import GENERATE, GENERATORS
from pitchpipe_stages.generate.making.seeds import seeds_of
from pitchpipe_stages.generate.requests.abilities import Closes
from pitchpipe_stages.generate.requests.flights import Flights
from pitchpipe_stages.generate.requests.purse import Purse
from pitchpipe_stages.generate.requests.record import FILE, RequestRecord
from pitchpipe_stages.generate.requests.sections import BUDGET, TEACHERS
from pitchpipe_stages.generate.requests.sender import Sender


class Making:
    """What a recipe makes, in its folder."""

    def __init__(self, recipe: Recipe, console: Console):
        self.recipe, self.console = recipe, console
        self.folder: Path = folder_of(recipe, recipe[GENERATE].folder)
        self.rows: list[MadeLine] = []
        self.senders: dict[str, Sender] = {}

    def run(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(self._all())
        write(self.folder / ROWS, b"".join(msgspec.json.encode(row) + b"\n" for row in self.rows))
        self.console.say(f"{len(self.rows):,} rows: {self.folder / ROWS}")

    async def _all(self) -> None:
        async with RequestRecord(self.folder / FILE) as record:
            purse = Purse(self.recipe[BUDGET], record.spent())
            for use in self.recipe[TEACHERS]:
                flights = Flights(getattr(use.bound, "concurrency", 1))
                self.senders[use.label] = Sender(use, record, purse, flights)
            try:
                sources: list[Conversation] = []
                for use in self.recipe[GENERATORS]:
                    if path := use.shared.get("seeds"):
                        sources = seeds_of(self.recipe, path)
                    sources = [*sources, *await self._one(use, sources)]
            finally:
                for use in self.recipe[TEACHERS]:
                    if isinstance(use.bound, Closes):
                        await use.bound.close()

    async def _one(self, use: Use, sources: list[Conversation]) -> list[Conversation]:
        if isinstance(use.bound, Drafts):
            sources = await self._drafted(use, sources)
        found: list[Conversation] = []
        if getattr(use.bound, "unanswered", False):
            sources = [source for source in sources if source.last_reply() is None]
        with self.console.bar(use.label, len(sources)) as tick:
            for each in await asyncio.gather(*(self._of(use, source) for source in sources)):
                found += each
                tick()
        return found

    async def _of(self, use: Use, source: Conversation) -> list[Conversation]:
        ask, found = self._ask(use, source.id), list[Conversation]()
        try:
            async for made in use.bound(source, ask):
                if made.drop is None:
                    found.append(self._keep(use, made, ask, source))
        except Unanswered:
            pass
        return found

    def _keep(self, use: Use, made: Made, ask: OneSource, source: Conversation) -> Conversation:
        group = source.group or source.id
        parents = [source.id, *made.parents]
        by = MadeBy(
            use.label, ask.sender.use.label, ask.sender.use.bound.model, list(ask.keys), parents,
            made.operator, made.round,
        )  # fmt: skip
        if made.conversation.last_reply() is not None:
            self.rows.append(line_of(made, by, group))
        return replace(made.conversation, group=group)

    async def _drafted(self, use: Use, seeds: list[Conversation]) -> list[Conversation]:
        generator, admitted = use.bound, list[Conversation]()
        admit = generator.admission(seeds)
        for number in range(100 * generator.wanted):
            if len(admitted) >= generator.wanted:
                break
            ask = self._ask(use, f"draft {number}")
            async for made in generator.draft(Pool(seeds, tuple(admitted)), ask):
                if made.drop is None and admit(made) is None and len(admitted) < generator.wanted:
                    admitted.append(replace(made.conversation, group=made.id))
        return admitted

    def _ask(self, use: Use, of: str) -> OneSource:
        teacher = str(use.shared["teacher"])
        if teacher not in self.senders:
            raise PitchpipeError(f"the recipe has no teacher '{teacher}'")
        return OneSource(self.senders[teacher], f"{self.recipe[GENERATE].seed} {use.label} {of}")
