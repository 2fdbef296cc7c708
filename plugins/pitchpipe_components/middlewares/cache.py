"""The middleware `cache`: a determined answer is written once, and said again to whoever asks the same."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from typing import Annotated, Any, Literal, cast

import msgspec

import pitchpipe as pp
from pitchpipe_components.middlewares.answer_store import AnswerStore
from pitchpipe_components.middlewares.flight import AnswerFlight
from pitchpipe_components.middlewares.stretches import are_whole, packed, unpacked

FILE = "cache.sqlite"
DAY = 86400  # seconds
REQUESTS = (
    "requests by what the cache had for them: hit, joined (another was being answered), miss, undetermined"
)


class AnswerCache:
    """Keep answers that are determined, and give them again.

    An answer is determined at temperature 0, or where the client gives a seed. It is found again where the
    tokens that the model reads, all that the client wishes, the model, the template and the guards are the
    same.
    """

    def __init__(
        self,
        *,
        days: Annotated[float, pp.Meta(gt=0, description="how long an answer is kept")] = 7,
        megabytes: Annotated[
            float, pp.Meta(ge=1, description="the size; what nobody asked for the longest leaves")
        ] = 256,
        among: Annotated[
            Literal["user", "key", "all"],
            pp.Meta(
                description="who shares answers: one user of a key alone, all users of a key, or all clients"
            ),
        ] = "key",
    ):
        self.days, self.megabytes, self.among = days, megabytes, among
        self.counts = Counter[str]()
        self._flights = dict[bytes, AnswerFlight]()
        self._told = set[str]()
        self._ends = AsyncExitStack()

    async def begin(self, service: pp.Service) -> None:
        import asyncio

        self._service, self._loop = service, asyncio.get_running_loop()
        path, most = service.folder / FILE, int(self.megabytes * 2**20)
        self._store = AnswerStore(path, most, self.days * DAY, self._failed_in_thread)
        self._ends.push_async_callback(asyncio.to_thread, self._store.close)
        await asyncio.to_thread(self._store.open)

    async def close(self) -> None:
        await self._ends.aclose()

    def panels(self) -> Sequence[pp.Panel]:
        """What was found, and what it saved."""
        asked = self.counts.total() - self.counts["undetermined"]
        found = self.counts["hit"] + self.counts["joined"]
        note = f"{found:,} of {asked:,} requests with a determined answer were found"
        size = f"{self._store.bytes / 2**20:,.1f} of {self.megabytes:g} MB"
        rows = [(name, self.counts[name]) for name in ("hit", "joined", "miss", "undetermined")]
        return [pp.Panel("Cache", note, ("", "requests"), [*rows, ("kept", size)])]

    async def __call__(self, request: pp.Request, answer: pp.Answering) -> AsyncIterator[pp.Said]:
        key = self._key(request)
        if not key:
            self._count("undetermined")
            stretches = answer(request)
        elif kept := self._kept(key):
            self._count("hit")
            yield replace(kept[0], cache="hit")
            for said in kept[1:]:
                yield said
            return
        else:
            stretches = self._flying(key, request, answer)
        async with aclosing(cast(Any, stretches)):
            async for said in stretches:
                yield said

    def _kept(self, key: bytes) -> list[pp.Said] | None:
        content = self._store.get(key)
        return unpacked(content) if content else None

    async def _flying(self, key: bytes, request: pp.Request, answer: pp.Answering) -> AsyncIterator[pp.Said]:
        flight = self._flights.get(key)
        how = "hit" if flight else "miss"
        self._count("joined" if flight else "miss")
        if flight is None:
            flight = AnswerFlight(answer(request), partial(self._ended, key, request))
            self._flights[key] = flight
        async with aclosing(cast(Any, flight.follow())) as stretches:
            async for said in stretches:
                yield replace(said, cache=how) if how else said
                how = ""

    def _ended(self, key: bytes, request: pp.Request, flight: AnswerFlight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if flight.done and not flight.error and _may_be_kept(request, flight.said):
            self._store.put(key, packed(flight.said))
            self._service.gauge("cache_bytes", "bytes that the cache keeps", self._store.bytes)

    def _key(self, request: pp.Request) -> bytes:
        """All that decides the answer, and who may be given it; empty where chance decides."""
        if not request.identity:
            return b""
        sharers = {"user": (request.key, request.user), "key": (request.key,), "all": ()}[self.among]
        chosen = request.upstreams[:1] or (request.model,)
        parts = (request.identity, self._service.identity, chosen, sharers)
        return blake2b(msgspec.msgpack.encode(parts), digest_size=16).digest()

    def _count(self, result: str) -> None:
        self.counts[result] += 1
        self._service.count("cache_requests", REQUESTS, result=result)

    def _failed_in_thread(self, why: str) -> None:
        self._loop.call_soon_threadsafe(self._failed, why)

    def _failed(self, why: str) -> None:
        """Counts it, and says it once."""
        self._service.count("cache_failures", "answers that could not be kept or read")
        if why not in self._told:
            self._told.add(why)
            self._service.say(f"cache: {why}")


def _may_be_kept(request: pp.Request, said: Sequence[pp.Said]) -> bool:
    """A whole answer, of the upstream that was chosen: one that stood in for it may say something else."""
    chosen = {"", *request.upstreams[:1]}
    own = not request.upstreams or all(one.by in chosen for one in said)
    return own and are_whole(said, request.wish.count)
