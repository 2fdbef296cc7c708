"""An upstream that repeats what it is asked, in as many stretches as one wants, and keeps all requests.

It needs no model, so that what is tested is the API alone. Its orders stand in the last message, as in
"fail:3 Some words".
"""

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from dataclasses import replace

from pitchpipe.host.serving import Declined, Likely, Request, Said

ORDER = re.compile(r"^(\w+):(\S*) ?")


SPARE = [f"spare-{number}" for number in range(20)]  # upstreams that fail are left out for a while
NAMES = ("grey", "org/grey-7b", "gpt-5.4", *SPARE)


class Parrot:
    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.speaking = self.left = 0
        self.read_on = threading.Event()

    def read(self, request: Request) -> Request:
        self.asked.append(request)
        words, order, _ = self._words(request)
        if order == "hard":
            self.read_on.wait(30)
        known = () if order == "read" else request.tokens or tuple(range(len(words)))
        return replace(request, ids=known)

    def _words(self, request: Request) -> tuple[list[str], str, str]:
        last = request.text if request.text is not None else (request.conversation.messages or [None])[-1]
        text = getattr(last, "content", last) or ""
        if request.tokens:
            text = " ".join(map(str, request.tokens))
        order = ORDER.match(text)
        words = re.findall(r"\s*\S+", text[order.end() :] if order else text)
        return words, order[1] if order else "", order[2] if order else ""

    async def __call__(self, request: Request) -> AsyncIterator[Said]:
        words, order, value = self._words(request)
        self.speaking += 1
        try:
            async for said in self._saying(request, words, order, value):
                yield said
        except (GeneratorExit, asyncio.CancelledError):
            self.left += 1
            raise
        finally:
            self.speaking -= 1

    async def _saying(
        self, request: Request, words: list[str], order: str, value: str
    ) -> AsyncIterator[Said]:
        if order == "decline":
            raise Declined(int(value), "not now", code="busy", after=7)
        if order == "break":
            raise ZeroDivisionError("within the parrot")
        if order == "wait":
            await asyncio.sleep(float(value))
        for at in range(len(words)):
            for index in range(request.wish.count):
                yield self._said(request, words, at, index)
            if order == "fail" and at + 1 == int(value):
                raise (
                    Declined(503, "the server ends", code="draining")
                    if "soon" in words[-1]
                    else OSError("gone")
                )
            await asyncio.sleep(float(value) if order == "slow" else 0)
        if order == "call":
            call = {"id": "call_1", "name": value, "arguments": '{"city": "Oslo"}'}
            yield Said(calls=[call, call | {"id": "call_2"}], end="tool_calls", by="parrot")
            return
        if order == "endless":  # as no upstream should be
            return
        if order == "read":
            for index in range(request.wish.count):
                yield Said(index, end="stop", read=0 if index else int(value), cache="hit")
            return
        if order == "half":  # of a character, as UTF-16 parts it
            yield Said(text="\ud83e", end="stop", reasoning="\ud83e\udd9c")
            return
        if order == "refuse":
            yield Said(end="content_filter", refusal="a guard said no", by="parrot")
            return
        for index in range(request.wish.count):
            yield Said(index, end="stop", by="parrot", tokens=1)

    def _said(self, request: Request, words: list[str], at: int, index: int) -> Said:
        text = words[at]
        if request.wish.logprobs is None:
            thought = text.strip().startswith("~")
            return Said(index, "" if thought else text, text if thought else "", tokens=1, by="parrot")
        others = [(number, b" x%d" % number, -float("inf")) for number in range(request.wish.logprobs)]
        return Said(index, text, likely=[Likely(at, text.encode(), -0.5, others)], tokens=1, by="parrot")
