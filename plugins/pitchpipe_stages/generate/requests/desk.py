"""Where questions to the recipe's teachers are handed in: replies in order, and what they have cost."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Ask, Reply
from pitchpipe.recipe.recipe import Use
from pitchpipe.run.directory import Run
from pitchpipe_stages.generate.opened import OpenedModel
from pitchpipe_stages.generate.requests.abilities import Closes, TakesModels
from pitchpipe_stages.generate.requests.budget import Charge
from pitchpipe_stages.generate.requests.flights import Flights
from pitchpipe_stages.generate.requests.in_process import ModelsInProcess, base_beside
from pitchpipe_stages.generate.requests.key import as_bytes, key_of, request_of
from pitchpipe_stages.generate.requests.mending import checked_reply
from pitchpipe_stages.generate.requests.purse import Purse
from pitchpipe_stages.generate.requests.record import FILE, RequestRecord
from pitchpipe_stages.generate.requests.schema import must_be_known
from pitchpipe_stages.generate.requests.sections import BUDGET, TEACHERS, teacher_named
from pitchpipe_stages.generate.requests.sender import Sender
from pitchpipe_stages.generate.requests.spending import in_a_budget, in_words, spending_of

NOTHING = Charge()


class Desk:
    """Asks the teachers of a run's recipe. `model` is the one that is scored: the base, or a `tuned` one.
    `taken` is what others have spent of the recipe's budget: its generators."""

    def __init__(self, run: Run, model: OpenedModel, tuned: bool, taken: Charge = NOTHING):
        self.taken = taken
        self.run, self.recipe, self.console = run, run.recipe, run.console
        self.models = ModelsInProcess(run.recipe, lambda: base_beside(model, tuned), run.console)

    def ask(self, teacher: str, asks: Sequence[Ask], label: str) -> list[Reply]:
        """A reply for each question, in order."""
        use = teacher_named(teacher, {use.label: use for use in self.recipe[TEACHERS]})
        for schema in [ask.schema for ask in asks if ask.schema]:
            must_be_known(schema)
        if isinstance(use.bound, TakesModels):
            use.bound.take(self.models)
        keys = [key_of(as_bytes(request_of(use, ask))) for ask in asks]
        once = dict(zip(keys, asks, strict=True))
        found = dict(zip(once, asyncio.run(self._asked(use, list(once.values()), label)), strict=True))
        return [found[key] for key in keys]

    async def _asked(self, use: Use, asks: list[Ask], label: str) -> list[Reply]:
        async with RequestRecord(self.run.path / FILE) as record:
            purse = Purse(self.recipe[BUDGET], record.spent() + self.taken)
            sender = Sender(use, record, purse, Flights(getattr(use.bound, "concurrency", 1)))
            try:
                return await self._each(sender, asks, label)
            finally:
                if isinstance(use.bound, Closes):
                    await use.bound.close()
                self._tell(sender)

    async def _each(self, sender: Sender, asks: list[Ask], label: str) -> list[Reply]:
        found: dict[int, Reply] = {}
        left = iter(enumerate(asks))
        with self.console.bar(label, len(asks)) as tick:

            async def worker() -> None:
                for number, ask in left:
                    try:
                        reply = await followed(sender.reply, ask)
                    except PitchpipeError:  # kept in `broken`: what flies elsewhere may still land
                        return
                    if sender.broken and reply.end == "unsent":
                        return
                    found[number] = reply
                    tick(note=sender.so_far())

            try:
                await asyncio.gather(*(worker() for _ in range(min(sender.flights.most, len(asks)))))
            finally:
                sender.tally.ends = dict(Counter(reply.end for reply in found.values()))
                problems = (
                    found[number].problem for number in sorted(found) if found[number].end == "failed"
                )
                sender.tally.problem = next(problems, "")
        if sender.broken:
            raise sender.broken
        return [found[number] for number in range(len(asks))]

    def _tell(self, sender: Sender) -> None:
        """Says what came of the questions, and what all of them have cost."""
        known = {use.label: spending_of(use, sender.record) for use in self.recipe[TEACHERS]}
        asked = {name: one for name, one in known.items() if one.requests or name == sender.use.label}
        self.run.note(asked=asked)
        for line in in_words(known[sender.use.label], sender):
            self.console.say(line)
        if str(self.recipe[BUDGET]) and self.taken.requests:
            self.console.say(f"  generate has taken {in_a_budget(self.taken)} of this budget")


async def followed(reply_to: Callable[[Ask], Awaitable[Reply]], ask: Ask) -> Reply:
    """A reply that follows the schema of its question, at the second try at the latest."""
    reply, again = checked_reply(ask, await reply_to(ask))
    if again is None:
        return reply
    mended, _ = checked_reply(ask, await reply_to(again))
    return mended if mended.end in ("stop", "unsent") else reply
