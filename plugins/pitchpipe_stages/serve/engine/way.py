"""How a model's rows are written, found out when the engine begins: together or each alone, and with what."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pitchpipe_stages.serve.engine.calls import ModelCall
from pitchpipe_stages.serve.engine.lone import LoneAnswer
from pitchpipe_stages.serve.engine.proof import mix_up, why_alone
from pitchpipe_stages.serve.engine.room import room_for
from pitchpipe_stages.serve.engine.sample import Samples
from pitchpipe_stages.serve.engine.threads import best

if TYPE_CHECKING:
    from pitchpipe_stages.serve.engine.engine import Engine


@dataclass(frozen=True)
class WritingWay:
    """`alone` is why each row is written in passes of its own, if it is. `rows` are written at a time, with
    `room` tokens in all."""

    alone: str
    rows: int
    room: int
    threads: int

    @classmethod
    def of(cls, engine: "Engine", call: ModelCall) -> "WritingWay":
        """What is found out, or as the engine is told."""
        import torch

        engine.model.eval()
        torch.set_num_threads(engine.threads or 1)
        alone = why_alone(call)
        rows = 1 if alone and mix_up(call) else engine.rows
        with call.wearing(call.adapters[0]):
            step, cell = _step(call, rows, bool(alone))
            if not engine.threads and call.device.type == "cpu":
                best(step)
        return cls(alone, rows, engine.room or room_for(cell, call.device), torch.get_num_threads())

    def __str__(self) -> str:
        if not self.alone:
            how = f"{self.rows} answers at a time, in one pass"
        elif self.rows == 1:
            how = f"one answer after the other: {self.alone}, and it keeps a state in its layers"
        else:
            how = f"{self.rows} answers in turns, each in passes of its own: {self.alone}"
        return f"{how}; threads: {self.threads}"


def _step(call: ModelCall, rows: int, alone: bool) -> tuple[Callable[[], None], int]:
    """One that can be repeated, as when answers are written; and the bytes of a token in memory."""
    samples = Samples(call, call.adapters[0])
    if alone or call.prompted(samples.adapter):
        return partial(_lone_step, call, samples), 0
    batch = samples.batch(*[16] * min(rows, 8))
    batch.advance(sys.maxsize)
    return partial(samples.go_on, batch), batch.cache.cell


def _lone_step(call: ModelCall, samples: Samples) -> None:
    answer = LoneAnswer(call, [samples.row(16)])
    answer.advance(0)
    samples.go_on(answer)
    answer.keep([])
