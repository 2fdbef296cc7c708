"""Preparing data: rows a second and peak memory, beside Hugging Face datasets.   python benchmarks/data.py

Both read the same made-up ShareGPT file, mend it, judge it by the filters of `sft_default`, drop exact
duplicates and write what is left. datasets calls pitchpipe's own rules row by row, so that what differs is
the machinery alone: once with a call of `map` or `filter` for each step, as its documentation shows, and
once with all steps fused into one `map` by hand. The results are compared, row by row.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import conversations

RECIPE = """
loaders:
  - files: {path: chats.jsonl}
filters:
  - sft_default
"""


def ours(folder: Path, processes: int, watch: bool = False) -> tuple[float, int]:
    """Seconds for the whole command, Python's start included; and its peak memory, where that is watched."""
    shutil.rmtree(folder / "runs", ignore_errors=True)
    command = [sys.executable, "-m", "pitchpipe", "prepare", "recipe.yaml", "--workers", str(processes)]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    peak = 0
    while watch and process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(0.02)
    assert process.wait() == 0
    return time.perf_counter() - began, peak


def _memory(pid: int) -> int:
    """What a process and its workers hold; pages that they share are counted once."""
    total = 0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (str(pid), *children):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    except (OSError, ValueError):  # it has just ended
        pass
    return total


# --- The peer -----------------------------------------------------------------------------------


class Peer:
    """The same recipe's steps, as functions of a row that datasets can call."""

    def __init__(self, folder: Path):
        from pitchpipe.host.host import Host
        from pitchpipe_stages.data.sections import FILTERS, REPAIR, tags
        from pitchpipe_tools.recipe_file.load import load

        recipe = load(folder / "recipe.yaml", Host.from_environment())
        self.format = next(c for c in recipe.host.all("format") if c.name == "sharegpt").call()
        self.folder, self.repair, self.filters = folder, recipe[REPAIR], recipe[FILTERS]
        self.tags = tags

    def __reduce__(self) -> Any:
        return Peer, (self.folder,)  # a worker loads the recipe itself

    def read(self, row: dict[str, Any]) -> dict[str, Any]:
        """Format and repair: messages, or none where the row is refused."""
        found = self.repair.bound(self.format(row))  # type: ignore[union-attr]
        conversation = getattr(found, "conversation", found)
        return {"messages": _plain(conversation) if hasattr(conversation, "messages") else []}

    def judged(self, row: dict[str, Any], number: int) -> dict[str, Any]:
        """One filter: the messages, edited perhaps, or none."""
        conversation = self._conversation(row)
        found = self.filters[number].bound(conversation)
        kept = getattr(found, "conversation", found)
        if (getattr(found, "drop", None) and not self.tags(self.filters[number])) or not hasattr(
            kept, "messages"
        ):
            return {"messages": []}
        return {"messages": _plain(kept)}

    def whole(self, row: dict[str, Any]) -> dict[str, Any]:
        """All steps at once."""
        row = self.read(row)
        for number in self.steps():
            if row["messages"]:
                row = self.judged(row, number)
        return row

    def steps(self) -> list[int]:
        return [number for number, use in enumerate(self.filters) if not hasattr(use.bound, "sketch")]

    def _conversation(self, row: dict[str, Any]) -> Any:
        from pitchpipe import Conversation, Message

        return Conversation(tuple(Message(m["role"], m["content"]) for m in row["messages"]))


def _plain(conversation: Any) -> list[dict[str, str]]:
    return [{"role": m.role, "content": m.content} for m in conversation.messages]


def theirs(folder: Path, processes: int, fused: bool) -> float:
    """Seconds, without the import of the library."""
    cache = folder / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    code = f"import data; data.peer_main({str(folder)!r}, {processes}, {fused})"
    variables = os.environ | {
        "HF_DATASETS_CACHE": str(cache),
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def peer_main(name: str, processes: int, fused: bool) -> None:
    import datasets

    datasets.disable_progress_bars()
    folder, workers = Path(name), processes if processes > 1 else None
    peer = Peer(folder)
    began = time.perf_counter()
    rows = datasets.load_dataset("json", data_files=str(folder / "chats.jsonl"), split="train")
    if fused:
        rows = rows.map(peer.whole, remove_columns=rows.column_names, num_proc=workers)
    else:
        rows = rows.map(peer.read, remove_columns=rows.column_names, num_proc=workers)
        for number in peer.steps():
            rows = rows.filter(_some, num_proc=workers)
            rows = rows.map(peer.judged, fn_kwargs={"number": number}, num_proc=workers)
    seen: set[Any] = set()
    rows = rows.filter(lambda row: bool(row["messages"]) and _new(row, seen))
    rows.to_json(folder / "theirs.jsonl")
    print(time.perf_counter() - began)


def _some(row: dict[str, Any]) -> bool:
    return bool(row["messages"])


def _new(row: dict[str, Any], seen: set[Any]) -> bool:
    key = tuple((m["role"], m["content"].strip()) for m in row["messages"])
    return key not in seen and not seen.add(key)  # type: ignore[func-returns-value]


def same_rows(folder: Path) -> int:
    """How many rows both kept; they must be the same, in the same order."""
    count = 0
    with open(folder / "runs/recipe/prepared/train.jsonl") as mine, open(folder / "theirs.jsonl") as other:
        for left, right in zip(mine, other, strict=True):
            left_said = [(m["role"], m["content"]) for m in json.loads(left)["messages"]]
            assert left_said == [(m["role"], m["content"]) for m in json.loads(right)["messages"]]
            count += 1
    return count


# --- The report ---------------------------------------------------------------------------------


def speed(folder: Path, rows: int) -> None:
    conversations.write(folder / "chats.jsonl", rows)
    size = (folder / "chats.jsonl").stat().st_size / 1e6
    print(
        f"{rows:,} made-up chats, {size:,.0f} MB: load, detect, repair, sft_default, exact duplicates, write"
    )
    for processes in (1, 2):
        mine, _ = ours(folder, processes)
        print(
            f"{processes} process{'es' * (processes > 1)}: pitchpipe {mine:6.1f} s"
            f"  {rows / mine:8,.0f} rows/s"
        )
        for fused, name in ((False, "datasets, step by step"), (True, "datasets, fused by hand")):
            peer = theirs(folder, processes, fused)
            count = same_rows(folder)
            print(
                f"   {name:24} {peer:6.1f} s  {rows / peer:8,.0f} rows/s"
                f"   pitchpipe is {peer / mine:4.1f} times as fast"
            )
    print(f"the same {count:,} rows are kept by all")


def memory(folder: Path) -> None:
    peaks = {}
    for rows in (100_000, 1_000_000):
        conversations.write(folder / "chats.jsonl", rows)
        seconds, peaks[rows] = ours(folder, 2, watch=True)
        print(f"{rows:9,} rows, 2 processes: {seconds:6.1f} s, peak memory {peaks[rows] / 1e6:6.0f} MB")
    print(f"ten times the rows take {peaks[1_000_000] / peaks[100_000]:.2f} times the memory")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument(
        "--memory", action="store_true", help="measure peak memory at 100,000 and 1,000,000 rows instead"
    )
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        where = Path(name)
        (where / "recipe.yaml").write_text(RECIPE)
        memory(where) if asked.memory else speed(where, asked.rows)
