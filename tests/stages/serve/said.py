"""Stand-ins for upstreams in tests of what stands around answers: they say what they are told to say."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pitchpipe as pp


class Saying:
    """Says these stretches to each request; what else it is given it remembers."""

    def __init__(self, *said: pp.Said, wait: float = 0.0):
        self.said, self.wait, self.closed = said, wait, 0
        self.asked: list[pp.Request] = []

    def read(self, request: pp.Request) -> pp.Request:
        return replace(request, ids=tuple(range(7)))

    async def __call__(self, request: pp.Request) -> AsyncIterator[pp.Said]:
        self.asked.append(request)
        try:
            for one in self.said:
                await asyncio.sleep(self.wait)
                yield one
        finally:
            self.closed += 1


def words(*texts: str, end: str = "stop", index: int = 0) -> list[pp.Said]:
    """An answer of these stretches, of a token each."""
    last = len(texts) - 1
    return [
        pp.Said(index, text, tokens=1, end=end if at == last else "", by="m") for at, text in enumerate(texts)
    ]


def request(*contents: str, model: str = "m", **other: object) -> pp.Request:
    """What a client asks who talks in turns: the first content is theirs."""
    turns = tuple(
        pp.Message("assistant" if at % 2 else "user", content) for at, content in enumerate(contents or ["?"])
    )
    return replace(pp.Request("chatcmpl-1", model, pp.Conversation(turns)), **other)  # type: ignore[arg-type]


async def heard(answering: AsyncIterator[pp.Said]) -> Sequence[pp.Said]:
    return [said async for said in answering]
