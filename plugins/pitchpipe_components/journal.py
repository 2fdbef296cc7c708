"""Observer: keeps every number that a run reports, and when its stages ended, in metrics.jsonl."""

from typing import TYPE_CHECKING, Any

import msgspec

import pitchpipe as pp

if TYPE_CHECKING:
    from pitchpipe import Run

ROOMS = ("pitchpipe_components.journal",)


@pp.hookimpl
def on_log(run: "Run", stage: str, step: int, values: dict[str, float]) -> None:
    _append(run, {"stage": stage, "step": step, **values})


@pp.hookimpl
def on_stage_end(run: "Run", stage: str, seconds: float) -> None:
    _append(run, {"stage": stage, "seconds": seconds})


def _append(run: "Run", line: dict[str, Any]) -> None:
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(msgspec.json.encode(line) + b"\n")
