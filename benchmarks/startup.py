"""How long help and a check take, beside TRL's command line.   python benchmarks/startup.py"""

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
PITCHPIPE, TRL = shutil.which("pitchpipe", path=BIN), shutil.which("trl", path=BIN)


def seconds(command: list[str | None], times: int) -> float:
    """The median of several runs, after one that warms the disk."""
    taken = []
    for _ in range(times + 1):
        began = time.perf_counter()
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    peer = seconds([TRL, "sft", "--help"], 3)
    print(f"trl sft --help               {peer:6.3f} s")
    for arguments in (["--help"], ["check", "quickstart"], ["plugins"]):
        ours = seconds([PITCHPIPE, *arguments], 11)
        print(f"pitchpipe {' '.join(arguments):18} {ours:6.3f} s   {peer / ours:4.0f} times as fast")
