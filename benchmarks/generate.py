"""Requests a second through the whole path, beside a bare loop and bespoke curator.

    python benchmarks/generate.py
    python benchmarks/generate.py --curator VENV/bin/python     with bespokelabs-curator==0.1.31 in it

A server in a process of its own answers after 50 ms, and 64 questions fly at once. `bare` is a loop of
aiohttp that keeps nothing. `asked` is what a teacher's requests go through: recorded before they are sent,
priced, and each reply on the disk before it is used. `generate` is all of it: seeds read, asked so, rows
written with where they come from. All take turns; the medians are printed, and those of their ratio to `bare`
in the same turn. Then the command makes everything again from the record: nothing is sent. It stops where a
reply or a sum is wrong.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp
from asks import asked

from pitchpipe.cli import cli
from pitchpipe.host.contracts import Ask
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.generate.making.making import Making
from pitchpipe_stages.generate.requests.flights import Flights
from pitchpipe_stages.generate.requests.purse import Purse
from pitchpipe_stages.generate.requests.record import FILE, RequestRecord
from pitchpipe_stages.generate.requests.sections import BUDGET, TEACHERS
from pitchpipe_stages.generate.requests.sender import Sender
from pitchpipe_tools.recipe_argument import load_recipe

HERE = Path(__file__).parent
READ, WRITTEN = 250, 120  # tokens of each reply
PRICE = {"input": 0.25, "output": 2.0}
RECIPE = """\
teachers:
  writer:
    openai: {{url: {url}, model: m, concurrency: {at_once}, dollars_per_million: {price}}}
budget: {{dollars: 1000}}
generators:
  - answers: {{teacher: writer, seeds: seeds.jsonl, max_tokens: 512}}
loaders: [generated]
"""


class Server:
    """The server, in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]"):
        assert process.stdout
        self.url = f"http://127.0.0.1:{int(process.stdout.readline())}/v1"

    def says(self) -> dict[str, float]:
        with urllib.request.urlopen(self.url) as response:
            said: dict[str, float] = json.load(response)
        return said


@contextmanager
def served(slow: float) -> Iterator[Server]:
    command = [sys.executable, str(HERE / "quick_server.py"), str(slow)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


async def at_once(call: Callable[[int], Awaitable[str]], count: int, flying: int) -> None:
    """Calls with each number, so many at once, and looks at what comes back."""
    left = iter(range(count))

    async def work() -> None:
        for number in left:
            text = await call(number)
            assert text.startswith(asked(number)[:24]), (number, text)

    await asyncio.gather(*(work() for _ in range(flying)))


async def bare(url: str, count: int, flying: int) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def call(number: int) -> str:
            messages = [{"role": "user", "content": asked(number)}]
            body = {"model": "m", "messages": messages, "temperature": 0.7, "max_tokens": 512}
            async with session.post(f"{url}/chat/completions", json=body) as response:
                text: str = (await response.json())["choices"][0]["message"]["content"]
            return text

        await at_once(call, count, flying)


async def through_sender(folder: Path, count: int, flying: int) -> None:
    recipe = load_recipe(str(folder / "recipe.yaml"), ())
    use = recipe[TEACHERS][0]
    async with RequestRecord(folder / FILE) as record:
        sender = Sender(use, record, Purse(recipe[BUDGET], record.spent()), Flights(flying))

        async def call(number: int) -> str:
            reply = await sender.reply(Ask([{"role": "user", "content": asked(number)}], 512, 0.7))
            return reply.text

        try:
            await at_once(call, count, flying)
        finally:
            await use.bound.close()
        expected = count * (READ * PRICE["input"] + WRITTEN * PRICE["output"]) / 1e6
        assert abs(record.spent().dollars - expected) < 1e-9 and record.spent().requests == count


def generate(count: int) -> None:
    Making(load_recipe("recipe.yaml", ()), RichConsole(quiet=True)).run()
    rows = [json.loads(line) for line in open("generated/recipe/rows.jsonl", "rb")]
    assert len(rows) == count
    for number, row in enumerate(rows):
        assert row["messages"][1]["content"].startswith(asked(number)[:24]), row


def replayed(server: Server) -> float:
    """Seconds of the command where all is on record."""
    before, rows = server.says()["asked"], Path("generated/recipe/rows.jsonl").read_bytes()
    began = time.perf_counter()
    with redirect_stdout(StringIO()), suppress(SystemExit):
        cli.main(["generate", "recipe.yaml"], standalone_mode=False)
    seconds = time.perf_counter() - began
    assert server.says()["asked"] == before and Path("generated/recipe/rows.jsonl").read_bytes() == rows
    return seconds


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of the processor in this process."""
    began, cpu = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - began, _cpu() - cpu


def _cpu() -> float:
    took = resource.getrusage(resource.RUSAGE_SELF)
    return took.ru_utime + took.ru_stime


def curator(python: str, server: Server, count: int, flying: int) -> tuple[float, float]:
    command = [python, str(HERE / "as_curator.py"), server.url, str(count), str(flying)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"curator: {done.stderr[-2000:]}")
    return float(done.stdout.rpartition("seconds: ")[2].split()[0]), float("nan")


@contextmanager
def project(server: Server, count: int, flying: int) -> Iterator[Path]:
    """A folder with the recipe and its seeds, which is the current one."""
    with TemporaryDirectory() as folder:
        recipe = RECIPE.format(url=server.url, at_once=flying, price=json.dumps(PRICE))
        Path(folder, "recipe.yaml").write_text(recipe)
        seeds = "".join(json.dumps({"instruction": asked(number)}) + "\n" for number in range(count))
        Path(folder, "seeds.jsonl").write_text(seeds)
        with chdir(folder):
            yield Path(folder)


def turn(server: Server, count: int, flying: int, python: str) -> dict[str, tuple[float, float]]:
    """One turn of all: seconds, and the processor's in this process."""
    url, found = server.url, dict[str, tuple[float, float]]()
    with project(server, count, flying) as folder:
        found["bare"] = timed(lambda: asyncio.run(bare(url, count, flying)))
        found["asked"] = timed(lambda: asyncio.run(through_sender(folder, count, flying)))
        found["generate"] = timed(lambda: generate(count))
        found["replay"] = replayed(server), 0.0
    if python:
        found["curator"] = curator(python, server, count, flying)
    return found


def show(turns: list[dict[str, tuple[float, float]]], count: int) -> None:
    print(f"{'':10}{'requests/s':>12}{'of bare':>9}{'ms of CPU each':>16}")
    for name in [name for name in turns[0] if name != "replay"]:
        rate = count / median(one[name][0] for one in turns)
        share = median(one["bare"][0] / one[name][0] for one in turns)
        cpu = median(one[name][1] for one in turns) / count * 1000
        print(f"{name:10}{rate:>12,.0f}{share:>9.2f}{f'{cpu:.2f}' if cpu == cpu else '':>16}")
    if "curator" in turns[0]:
        times = median(one["curator"][0] / one["generate"][0] for one in turns)
        print(f"generate is {times:.1f} times as fast as curator")
    replay = median(one["replay"][0] for one in turns)
    print(f"the command again, {count:,} replies on record: {replay:.2f} s, 0 sent")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--slow", type=float, default=0.05, help="seconds until the server answers")
    parser.add_argument("--curator", default="", metavar="PYTHON", help="of a venv with bespokelabs-curator")
    given = parser.parse_args()
    python = str(Path(given.curator).absolute()) if given.curator else ""
    with served(given.slow) as server:
        turn(server, given.at_once, given.at_once, "")  # imports
        before = server.says()
        turns = [turn(server, given.requests, given.at_once, python) for _ in range(given.turns)]
        after = server.says()
    show(turns, given.requests)
    each = (after["seconds"] - before["seconds"]) / (after["asked"] - before["asked"])
    print(f"the server took {each * 1000:.2f} ms for a request: it could answer {1 / each:,.0f}/s")


if __name__ == "__main__":
    main()
