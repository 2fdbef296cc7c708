"""What it costs that a draft sees only what was decided before it: real drafting, on a virtual clock.

    python benchmarks/window.py [--drafts 20000] [--concurrency 64] [--stragglers 0.005]

Replies take a lognormal time (median 8 s), and a few of them ten times that. Free order: who is free asks.
Rounds: none begins before the last reply of the one before.
"""

import argparse
import asyncio
import heapq
import random
import selectors
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pitchpipe as pp
from pitchpipe_stages.generate.making.asked import AskedTeacher
from pitchpipe_stages.generate.making.drafting import Drafting
from pitchpipe_stages.generate.making.progress import NobodyWatches
from pitchpipe_stages.generate.making.working import Worker


class VirtualLoop(asyncio.SelectorEventLoop):
    """Sleeps in no time: where nothing is ready, its clock goes on to what comes next."""

    def __init__(self) -> None:
        self.now = 0.0
        waiting = selectors.DefaultSelector()
        select = waiting.select

        def ahead(timeout: float | None = None) -> list[Any]:
            self.now += timeout or 0.0
            return select(0)

        waiting.select = ahead  # type: ignore[method-assign]
        super().__init__(waiting)

    def time(self) -> float:
        return self.now


class Late:
    """A teacher whose replies take their time."""

    model, can = "late", frozenset[str]()
    broken = None

    def __init__(self, seconds: Iterator[float], concurrency: int):
        self.seconds, self.concurrency = seconds, concurrency
        self.use = SimpleNamespace(bound=self)
        self.free = asyncio.Semaphore(concurrency)

    async def reply(self, ask: pp.Ask) -> pp.Reply:
        async with self.free:
            await asyncio.sleep(next(self.seconds))
            return pp.Reply(f"task {ask.nth}", "stop", "late", usage=pp.Usage(1, 1), key=str(ask.nth))


class Drafts:
    """Drafts of one question each, all of them new and rows at once."""

    def __init__(self, wanted: int):
        self.wanted = wanted

    async def draft(self, pool: pp.Pool, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        reply = await ask("a task")
        yield pp.made(instruction=reply.text, output="done")

    def admission(self, seeds: Sequence[pp.Conversation]) -> Callable[[pp.Made], None]:
        return lambda made: None

    def __call__(self, source: pp.Conversation, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        raise AssertionError("each draft is a row")


def latencies(stragglers: float) -> Iterator[float]:
    chance = random.Random(1)
    while True:
        yield chance.lognormvariate(2.08, 0.6) * (10 if chance.random() < stragglers else 1)


def windowed(drafts: int, concurrency: int, stragglers: float) -> float:
    """Seconds of the virtual clock."""
    loop = VirtualLoop()

    async def run() -> float:
        teacher = Late(latencies(stragglers), concurrency)
        use: Any = SimpleNamespace(bound=Drafts(drafts), label="drafts", shared={})
        worker = Worker(use, AskedTeacher(teacher), 0)  # type: ignore[arg-type]
        worked = await Drafting(worker, [], NobodyWatches()).run()
        assert worked.accepted == drafts
        return loop.time()

    try:
        return loop.run_until_complete(run())
    finally:
        loop.close()


def in_rounds(drafts: int, concurrency: int, stragglers: float, round: int) -> float:
    """Seconds, where all of a round must be back before the next begins. One round: free order."""
    seconds, now = latencies(stragglers), 0.0
    for begin in range(0, drafts, round):
        flying: list[float] = []
        start = now
        for _ in range(min(round, drafts - begin)):
            at = heapq.heappop(flying) if len(flying) >= concurrency else start
            heapq.heappush(flying, at + next(seconds))
        now = max(flying)
    return now


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drafts", type=int, default=20_000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument(
        "--stragglers", type=float, default=0.005, help="the share of replies that take ten times as long"
    )
    given = vars(parser.parse_args())
    free = in_rounds(**given, round=given["drafts"])
    print(f"free order: {free:,.0f} s, which is 100 %")
    for round in (64, 256, 1024):
        print(f"rounds of {round:,}: {free / in_rounds(**given, round=round):.0%}")
    print(f"the window: {free / windowed(**given):.0%}")


if __name__ == "__main__":
    main()
