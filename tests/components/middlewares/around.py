"""A server of middleware around an upstream that says what a test wants, and counts how often it is asked."""

import asyncio
import resource
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace

import pitchpipe as pp
from pitchpipe_stages.serve.service import ServingService


class Scripted:
    """An upstream that says some stretches. `gate` holds it back before the second one."""

    def __init__(self, *said):
        self.said = said or stretches("Good ", "day.")
        self.asked, self.given, self.closed = 0, 0, 0
        self.gate, self.fails = None, None

    def read(self, request):
        chance = request.wish.sampling.temperature and request.wish.seed is None
        return replace(
            request, ids=(1, 2, 3), identity="" if chance else repr((request.conversation, request.wish))
        )

    async def __call__(self, request):
        self.asked += 1
        try:
            for number, said in enumerate(self.said):
                if number == 1 and self.gate:
                    await self.gate.wait()
                if self.fails:
                    raise self.fails
                self.given += 1
                yield said
        finally:
            self.closed += 1


def stretches(*texts, end="stop", index=0):
    """A stretch and a token for each text; the last one ends the answer."""
    said = [pp.Said(index, text, tokens=1, by="model") for text in texts]
    return (*said[:-1], replace(said[-1], end=end))


def request(text="Hi", id="a1", **fields):
    wish = fields.pop("wish", pp.Wish())
    messages = fields.pop("messages", (pp.Message("user", text),))
    return pp.Request(id, "model", pp.Conversation(messages), wish, **fields)


@contextmanager
def full_disk(size):
    """A limit on the size of files stands in for a full disk: the system refuses the same calls."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@asynccontextmanager
async def served(folder, upstream, *middlewares, **fields):
    """A server that has begun, of an upstream or of several; `lines` is what it logs."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    upstreams = upstream if isinstance(upstream, dict) else {"model": upstream}
    service = ServingService(upstreams, folder, middlewares=middlewares, say=lines.append, **fields)
    service.lines = lines
    await service.begin()
    try:
        yield service
    finally:
        await service.close()


async def ask(service, asked, stretches=None):
    """What is said to a request; at most so many stretches, then the client leaves."""
    said = []
    async with aclosing(service.answer(service.read(asked))) as answer:
        async for one in answer:
            said.append(one)
            if stretches and len(said) == stretches:
                break
    return said


def text(said, index=0):
    return "".join(one.text for one in said if one.index == index)


async def settled(check, seconds=10):
    """Waits until something is true, and no longer than so."""
    for _ in range(int(seconds * 200)):
        if check():
            return
        await asyncio.sleep(0.005)
    assert check()


def counted(service, name, **labels):
    """A number on the page of metrics; 0 where it is not there."""
    return service.metrics.registry.get_sample_value(f"pitchpipe_{name}_total", labels) or 0
