"""A generator at work on one source, with a real teacher behind a real server."""

import asyncio
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pitchpipe as pp
from pitchpipe_stages.generate.making.asked import AskedTeacher, OneSource
from pitchpipe_stages.generate.requests.flights import Flights
from pitchpipe_stages.generate.requests.purse import Purse
from pitchpipe_stages.generate.requests.record import FILE, RequestRecord
from pitchpipe_stages.generate.requests.sections import BUDGET, TEACHERS
from pitchpipe_stages.generate.requests.sender import Sender
from tests.asked_teachers import openai, recipe_of
from tests.bad_server import BadServer, bad_server

Answer = Callable[[str], str]  # of the last words that were asked


class AtWork:
    """What generators make in a folder, and the questions that a server got."""

    def __init__(self, folder: Path, server: BadServer):
        self.folder, self.server = folder, server
        self.budget: dict[str, Any] | None = None

    def made(self, generator: Any, source: pp.Conversation, seed: str = "1") -> list[pp.Made]:
        return asyncio.run(self._made(generator, source, seed))

    async def _made(self, generator: Any, source: pp.Conversation, seed: str) -> list[pp.Made]:
        recipe = recipe_of(self.folder, openai(self.server, key=None), self.budget)
        (use,) = recipe[TEACHERS]
        async with RequestRecord(self.folder / FILE) as record:
            sender = Sender(use, record, Purse(recipe[BUDGET], record.spent()), Flights(1))
            ask = OneSource(AskedTeacher(sender), f"{seed} {source.id}")
            try:
                return [made async for made in generator(source, ask)]
            finally:
                await use.bound.close()

    @property
    def questions(self) -> list[str]:
        return [body["messages"][-1]["content"] for body in self.server.asked]


@contextmanager
def at_work(folder: Path, answer: Answer):
    with bad_server(lambda body: answer(body["messages"][-1]["content"]), key="") as server:
        yield AtWork(folder, server)


def source(instruction: str, context: str = "", output: str = "", system: str = "") -> pp.Conversation:
    """A seed."""
    told = [pp.Message("system", system)] if system else []
    said = [pp.Message("assistant", output)] if output else []
    return pp.made(messages=[*told, pp.Message("user", instruction, context), *said]).conversation


def words(made: pp.Made) -> str:
    """The instruction that was made."""
    return made.conversation.messages[-1].content
