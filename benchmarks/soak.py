"""A server under clients of every kind: what it holds does not grow, and its numbers add up.

    python benchmarks/soak.py runs/quickstart                         two minutes
    python benchmarks/soak.py runs/quickstart --rounds 10000          hours

It starts `pitchpipe serve`. Clients ask for whole answers and streams, leave in the middle of either, ask for
what is wrong or too long, for several answers, for more than there is room. The first half of them warms the
server up; what it holds is read then, and when all are gone. It stops where memory, handles or threads have
grown, a client was not answered as it should be, or what was accepted is not what became of it.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import aiohttp

GROWN = 1.05  # times: allocators keep some
ENDED = ("answered", "refused", "cancelled", "failed")
Client = Callable[["Asking"], Awaitable[int]]


@dataclass(frozen=True)
class Held:
    """What a process holds."""

    memory: int  # bytes
    handles: int
    threads: int

    @classmethod
    def by(cls, process: int) -> "Held":
        status = Path(f"/proc/{process}/status").read_text()
        (resident,), (threads,) = (re.findall(rf"{name}:\s+(\d+)", status) for name in ("VmRSS", "Threads"))
        return cls(int(resident) << 10, len(os.listdir(f"/proc/{process}/fd")), int(threads))


@dataclass(frozen=True)
class Asking:
    """A client's connection, and its chance."""

    session: aiohttp.ClientSession
    url: str
    model: str
    random: Random

    async def post(self, words: str = "Say it.", **wish: Any) -> aiohttp.ClientResponse:
        body = {
            "model": self.model,
            "messages": [{"role": "user", "content": words}],
            "max_tokens": 24,
            **wish,
        }
        return await self.session.post(f"{self.url}/chat/completions", json=body)


async def whole(ask: Asking) -> int:
    async with await ask.post(
        temperature=ask.random.choice([0, 1.5]), n=ask.random.choice([1, 1, 2])
    ) as answer:
        await answer.read()
        return answer.status


async def stream(ask: Asking) -> int:
    async with await ask.post(stream=True) as answer:
        told = await answer.read()
        assert answer.status != 200 or b"[DONE]" in told
        return answer.status


async def leaves_a_stream(ask: Asking) -> int:
    answer = await ask.post(stream=True, temperature=2, max_tokens=200)
    await answer.content.readany()
    answer.close()
    return answer.status


async def leaves_at_once(ask: Asking) -> int:
    with suppress(TimeoutError):
        async with asyncio.timeout(ask.random.random() / 20):
            answer = await ask.post(temperature=2, max_tokens=200)
            return answer.status
    return 0


async def wrong(ask: Asking) -> int:
    async with await ask.post(temperature="hot") as answer:
        return answer.status


async def too_long(ask: Asking) -> int:
    async with await ask.post("word " * 5000) as answer:
        return answer.status


CLIENTS: dict[Client, set[int]] = {  # and how they may be answered
    whole: {200, 429}, stream: {200, 429}, leaves_a_stream: {200, 429}, leaves_at_once: {0, 200, 429},
    wrong: {400}, too_long: {400},
}  # fmt: skip


async def soak(
    url: str, process: int, model: str, rounds: int, at_once: int
) -> tuple[Counter[str], Held, Held]:
    """How clients were answered; what the server held after half of them, and at the end."""
    seen, held = Counter[str](), list[Held]()
    connector = aiohttp.TCPConnector(limit=at_once, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        for share in (rounds // 2, rounds - rounds // 2):
            clients = (_client(Asking(session, url, model, Random(n)), share, seen) for n in range(at_once))
            await asyncio.gather(*clients)
            await adds_up(session, url)
            held.append(Held.by(process))
    return seen, *held


async def _client(ask: Asking, rounds: int, seen: Counter[str]) -> None:
    for _ in range(rounds):
        client = ask.random.choice(list(CLIENTS))
        status = await client(ask)
        assert status in CLIENTS[client], (client.__name__, status)
        seen[f"{client.__name__} {status or 'left'}"] += 1


async def adds_up(session: aiohttp.ClientSession, url: str) -> None:
    """Waits until every request has become what it becomes, and its connection is gone."""
    for _ in range(200):
        async with session.get(f"{url.removesuffix('/v1')}/metrics") as answer:
            text = await answer.text()
        now = {how: _number(text, how) for how in ("accepted", *ENDED)}
        if now["accepted"] == sum(now[how] for how in ENDED):
            await asyncio.sleep(0.5)
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"it does not add up: {now}")


def _number(text: str, how: str) -> float:
    (found,) = re.findall(rf"^pitchpipe_requests_{how}_total (\S+)$", text, re.M)
    return float(found)


def must_not_grow(warm: Held, end: Held) -> None:
    """Stops where the server holds more than it did when it was warm."""
    assert end.memory < GROWN * warm.memory, f"memory grew by {end.memory - warm.memory:,} bytes"
    assert end.handles <= warm.handles + 2 and end.threads <= warm.threads, (warm, end)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("place", help="a run or a model")
    parser.add_argument("--rounds", type=int, default=200, help="requests of each client")
    parser.add_argument("--at-once", type=int, default=24, help="clients")
    options = parser.parse_args()
    command = [sys.executable, "-m", "pitchpipe", "serve", options.place, "--port", "0", "--rows", "8"]
    command += ["--queue", "8", "--name", "soaked", "--set", "serve.log=false"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        lines = iter(server.stderr.readline, "")
        url = next(found[0] for line in lines if (found := re.findall(r"http://\S+/v1", line)))
        try:
            seen, warm, end = asyncio.run(begun(url, server.pid, options))
        finally:
            server.terminate()
        assert server.wait() == 0
    for what, count in sorted(seen.items()):
        print(f"{what:<24} {count:>8,}")
    for name, held in {"warm": warm, "end": end}.items():
        print(f"{name:<5} {held.memory / 1e6:8.1f} MB  {held.handles} handles  {held.threads} threads")
    must_not_grow(warm, end)


async def begun(url: str, process: int, options: argparse.Namespace) -> tuple[Counter[str], Held, Held]:
    """Waits until the server answers, and lets the clients come."""
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            with suppress(aiohttp.ClientError):
                async with session.get(f"{url.removesuffix('/v1')}/ready"):
                    break
            await asyncio.sleep(0.1)
    return await soak(url, process, "soaked", options.rounds, options.at_once)


if __name__ == "__main__":
    main()
