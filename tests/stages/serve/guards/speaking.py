"""Guards of a recipe around an upstream that says what a test wants it to say."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pitchpipe as pp
from pitchpipe.host.host import Host
from pitchpipe.recipe.checked import checked
from pitchpipe_stages.serve.sections import GUARDS
from pitchpipe_stages.serve.service import ServingService
from pitchpipe_tools.recipe_file.extends import read_file


@dataclass
class Speaking:
    """An upstream that says these stretches, and remembers what it was asked and how many of them it said."""

    stretches: Sequence[pp.Said]
    asked: list[pp.Request] = field(default_factory=list)
    said: int = 0
    closed: int = 0

    def read(self, request: pp.Request) -> pp.Request:
        words = request.text or "".join(message.content for message in request.conversation.messages)
        return replace(request, ids=tuple(words.encode()))

    async def __call__(self, request: pp.Request) -> AsyncIterator[pp.Said]:
        self.asked.append(request)
        try:
            for stretch in self.stretches:
                self.said += 1
                yield stretch
                await asyncio.sleep(0)
        finally:
            self.closed += 1


def spoken(*texts: str, end: str = "stop") -> Speaking:
    """One that says these texts in a row."""
    stretches = [pp.Said(text=text, tokens=1) for text in texts]
    return Speaking([*stretches, pp.Said(end=end)])


def cut(text: str, at: Iterable[int]) -> list[str]:
    """The text in parts that end at these places."""
    places = [0, *sorted(at), len(text)]
    return [text[one:other] for one, other in pairwise(places)]


@cache
def guards_of(folder: Path, guards: str) -> list[pp.Use]:
    """The guards of a recipe."""
    (folder / "recipe.yaml").write_text(f"guards:\n{guards}", "utf-8")
    host = Host.from_environment(folder)
    return checked(read_file(folder / "recipe.yaml"), host, whole=False)[GUARDS]


def serving(folder: Path, guards: str, upstream: Speaking) -> ServingService:
    """A service with the guards of a recipe."""
    return ServingService({"m": upstream}, folder, guards=guards_of(folder, guards))


def asking(*words: str, count: int = 1, stream: bool = True, logprobs: int | None = None) -> pp.Request:
    """A request with these messages: of a user, of the assistant, and so on."""
    roles = ("user", "assistant")
    messages = tuple(pp.Message(roles[at % 2], text) for at, text in enumerate(words or ("Hi",)))
    wish = pp.Wish(count=count, logprobs=logprobs)
    return pp.Request("1", "m", pp.Conversation(messages), wish, stream=stream)


def heard(service: ServingService, request: pp.Request | None = None) -> list[pp.Said]:
    """All that is said to a request, from the server's beginning to its end."""

    async def live() -> list[pp.Said]:
        await service.begin()
        try:
            return await hear(service, request or asking())
        finally:
            await service.close()

    return asyncio.run(live())


async def hear(service: ServingService, request: pp.Request) -> list[pp.Said]:
    async with aclosing(service.answer(service.read(request))) as stretches:
        return [said async for said in stretches]


def text_of(stretches: Iterable[pp.Said], index: int = 0) -> str:
    return "".join(said.text for said in stretches if said.index == index)
