"""Observer: keeps every number that a run reports, and when its stages ended, in metrics.jsonl.

Each step of a stage is one line, however often a kill made it happen.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

import pitchpipe as pp

if TYPE_CHECKING:
    from pitchpipe import Run

ROOMS = ("pitchpipe_components.journal",)
END = 1 << 16  # bytes, more than a line has
Line = dict[str, Any]


@pp.hookimpl
def on_stage_begin(run: "Run", stage: str, goes_on: bool) -> None:
    if not goes_on:
        _keep(_file(run), lambda line: line["stage"] != stage)


@pp.hookimpl
def on_log(run: "Run", stage: str, step: int, values: dict[str, float]) -> None:
    path = _file(run)
    last = _read(_last(path)[1])
    if last["stage"] == stage and last.get("step", 0) > step:  # a kill came between
        _keep(path, lambda line: line["stage"] != stage or line.get("step", 0) < step)
    _add(path, {"stage": stage, "step": step, **values})


@pp.hookimpl
def on_stage_end(run: "Run", stage: str, seconds: float) -> None:
    path = _file(run)
    _keep(path, lambda line: line["stage"] != stage or "step" in line)
    _add(path, {"stage": stage, "seconds": seconds})


def _file(run: "Run") -> Path:
    path: Path = run.path / "metrics.jsonl"
    path.touch()
    return path


def _add(path: Path, line: Line) -> None:
    """To the end of the file; into its last line, if that is of the same step."""
    start, last = _last(path)
    known = _read(last)
    if "step" in line and all(known.get(name) == line[name] for name in ("stage", "step")):
        line = known | line
    else:
        start += len(last)
    with open(path, "rb+") as file:
        file.seek(start)
        file.write(msgspec.json.encode(line) + b"\n")
        file.truncate()  # a kill may have left half a line


def _last(path: Path) -> tuple[int, bytes]:
    """Where the last whole line begins, and the line."""
    with open(path, "rb") as file:
        start = max(0, file.seek(0, os.SEEK_END) - END)
        file.seek(start)
        content = file.read()
    end = content.rfind(b"\n") + 1
    begin = content.rfind(b"\n", 0, max(end - 1, 0)) + 1
    return start + begin, content[begin:end]


def _keep(path: Path, kept: Callable[[Line], bool]) -> None:
    """Leaves out other lines, and half a line that a kill has left."""
    before = path.read_bytes()
    lines = [line for line in before.splitlines(keepends=True) if line.endswith(b"\n")]
    after = b"".join(line for line in lines if kept(_read(line)))
    if after != before:
        new = path.with_name(path.name + ".new")
        new.write_bytes(after)
        os.replace(new, path)


def _read(line: bytes) -> Line:
    """A line that is damaged is of no stage."""
    try:
        return {"stage": ""} | msgspec.json.decode(line, type=Line)
    except msgspec.DecodeError:
        return {"stage": ""}
