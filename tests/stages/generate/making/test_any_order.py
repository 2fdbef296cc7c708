"""Drafting on a virtual clock, with replies in any order: generators and servers of all kinds, drawn by chance."""

import asyncio
import random
import sys
from types import SimpleNamespace

import msgspec
import pytest

import pitchpipe as pp
from pitchpipe_stages.generate.making.asked import AskedTeacher
from pitchpipe_stages.generate.making.chain import Chain
from pitchpipe_stages.generate.making.counts import by_operator
from pitchpipe_stages.generate.making.drafting import Drafting
from pitchpipe_stages.generate.making.progress import NobodyWatches
from pitchpipe_stages.generate.making.working import Worker
from tests.documents import ROOT
from tests.generating import digits

sys.path.append(str(ROOT / "benchmarks"))

from window import VirtualLoop

SEEDS = [pp.made(instruction=f"Seed {n}").conversation for n in range(5)]


class AnyOrder:
    """A teacher whose replies the question decides, and chance when they come. It may be stopped by a budget."""

    model, can, broken = "any", frozenset(), None

    def __init__(self, kind, concurrency, chance, budget):
        self.kind, self.concurrency, self.chance, self.left = kind, concurrency, chance, budget
        self.use, self.sent = SimpleNamespace(bound=self), 0
        self.free = asyncio.Semaphore(concurrency)

    async def reply(self, ask):
        words = f"{ask.messages[0]['content']} {ask.nth}"
        async with self.free:
            await asyncio.sleep(self.chance.choice([0, 0.1, 1, 30]) * self.chance.random())
        if self.sent >= self.left:
            return pp.Reply("", "unsent", problem="the budget is spent", key=words)
        self.sent += 1
        end = "cut" if digits(words, 100) < self.kind["cut"] else "stop"
        return pp.Reply(str(digits(words, 10**9)), end, "any", usage=pp.Usage(1, 1), key=words)


class Kind:
    """A generator that drafts, refuses, admits and fails as often as its kind says."""

    def __init__(self, kind):
        self.kind, self.wanted = kind, kind["wanted"]

    async def draft(self, pool, ask):
        shown = ask.random.sample([*pool.seeds, *pool.made], 3)
        said = (await ask("draft " + " ".join(one.messages[0].content for one in shown))).text
        for number in range(digits(said, self.kind["many"]) + 1):
            drop = pp.drop("short") if digits(f"{said} {number}", 5) == 0 else None
            task = f"Task {digits(said + str(number), self.kind['tasks'])}"
            yield pp.made(
                instruction=task, output="done" * (digits(task, 100) < self.kind["whole"]), drop=drop
            )

    def admission(self, seeds):
        refused = self.kind["refused"]
        return lambda made: pp.drop("near") if digits(f"near {made.id}", 100) < refused else None

    async def __call__(self, source, ask):
        words = source.messages[0].content
        said = await ask(f"solve {words}")
        for number in range(digits(words, 4)):
            yield pp.made(instruction=words, output=f"{said.text} {number}")


def drafted(kind, concurrency, chance, budget=10**9):
    loop = VirtualLoop()
    teacher = AnyOrder(kind, concurrency, chance, budget)
    use = SimpleNamespace(bound=Kind(kind), label="kind", shared={"teacher": "any"})

    async def run():
        return await Drafting(Worker(use, AskedTeacher(teacher), 0), SEEDS, NobodyWatches()).run()

    try:
        worked = loop.run_until_complete(run())
    finally:
        loop.close()
    chain = Chain({"any": teacher.use})
    chain.take(worked)
    return worked, msgspec.json.encode(chain.rows), teacher.sent


@pytest.mark.parametrize("number", range(10))
def test_rows_and_the_end_depend_on_no_order(number):
    chance = random.Random(number)
    kind = {
        "wanted": chance.choice([1, 7, 40, 120]), "cut": chance.choice([0, 5, 40, 100]), "many": chance.choice([1, 1, 6, 20]),
        "whole": chance.choice([0, 50, 100]), "tasks": chance.choice([5, 200, 10**6]), "refused": chance.choice([0, 30, 97]),
    }  # fmt: skip
    alone, rows, sent = drafted(kind, 1, chance)
    for concurrency in (3, 64):
        worked, same, more = drafted(kind, concurrency, chance)
        assert (same, worked.accepted, worked.stopped) == (rows, alone.accepted, alone.stopped), kind
        if kind["many"] == 1 and not worked.stopped:
            assert more == sent  # nothing was drafted in vain
    assert (alone.accepted == kind["wanted"]) == (not alone.stopped)
    stopped, _, less = drafted(kind, 16, chance, budget=sent // 2)
    assert less == sent // 2
    for one in (alone, stopped):
        for counts in by_operator(finished for _, finished in one.done).values():
            assert counts.asked == sum(
                getattr(counts, end) for end in ("answered", "refused", "cut", "failed", "unsent")
            )
            assert counts.parsed == counts.kept + counts.dropped + counts.quarantined
