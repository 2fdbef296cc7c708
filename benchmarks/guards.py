"""What guards cost: CPU for an answer of 2,000 letters in 500 stretches, after a chat of 8 messages.

    python benchmarks/guards.py

Nothing is found, as in most answers. The upstream says its stretches at once, so that all time is the guards'
and their way's; what that way costs by itself is taken off.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.stages.serve.guards.speaking import asking, guards_of, spoken  # noqa: E402

from pitchpipe_stages.serve.guarding import guarded  # noqa: E402
from pitchpipe_stages.serve.service import ServingService  # noqa: E402

GUARDS = {
    "harmful": "  - harmful\n",
    "phrases, 1,000 of them": "  - phrases: {file: phrases.txt}\n",
    "pii": "  - pii\n",
    "harmful and pii": "  - harmful\n  - pii\n",
    "filter: language": "  - filter: {use: {language: {keep: [en]}}}\n",
}
WORDS = "The water goes round the stone, and on day 12 of it there are 3 ways to the sea, as they say. "
TIMES = 30


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "phrases.txt").write_text("\n".join(f"phrase number {n}" for n in range(1000)), "utf-8")
        for stream in (True, False):
            nothing = seconds(folder, "", stream)
            for told, guards in GUARDS.items():
                cost = seconds(folder, guards, stream) - nothing
                print(f"{told:24} {'stream' if stream else 'whole':7} {cost * 1000:7.2f} ms")


def seconds(folder: Path, guards: str, stream: bool) -> float:
    """Of an answer, the median."""
    text = (WORDS * 40)[:2000]
    upstream = spoken(*[text[at : at + 4] for at in range(0, len(text), 4)])
    service = ServingService({"m": upstream}, folder)
    answer = guarded(guards_of(folder, guards) if guards else [], upstream, service.upstreams, service)
    request = asking(*[(WORDS * 6)[:500]] * 7, stream=stream)

    async def once() -> float:
        since = time.process_time()
        async with aclosing(answer(request)) as stretches:  # type: ignore[type-var]
            async for _ in stretches:
                pass
        return time.process_time() - since

    return statistics.median(asyncio.run(once()) for _ in range(TIMES))


main()
