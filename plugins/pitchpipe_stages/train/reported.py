"""The numbers that a training has reported so far, read from metrics.jsonl: each step once."""

from pathlib import Path
from typing import Any

import msgspec

FILE = "metrics.jsonl"
ABOUT = ("stage", "step")
Reported = dict[int, dict[str, float | None]]  # by step; None: not a finite number


def reported(run: Path, stage: str = "train") -> Reported:
    """The numbers of the last training, by step. A line that a kill has cut is left out."""
    found: Reported = {}
    over, last = False, -1  # the step of the line before
    for line in _lines(run / FILE):
        if line.get("stage") != stage:
            continue
        if "step" not in line:
            over = True  # this training is done: what follows is another one
            continue
        if over or line["step"] < last:
            found = {} if over else {step: values for step, values in found.items() if step < line["step"]}
        over, last = False, line["step"]
        values = {name: value for name, value in line.items() if name not in ABOUT}
        found.setdefault(line["step"], {}).update(values)
    return found


def _lines(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    found = []
    for line in file.read_bytes().splitlines():
        try:
            found.append(msgspec.json.decode(line, type=dict[str, Any]))
        except msgspec.DecodeError:
            continue
    return found
