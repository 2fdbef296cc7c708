"""An engine that runs over a small model, and what it tells; beside what Transformers' own generation writes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Queue
from random import Random
from typing import Any

from pitchpipe.host.serving import Wish
from pitchpipe_stages.serve.engine.engine import Engine
from pitchpipe_stages.serve.engine.row import AnswerRow, TokenStep
from tests.families import small

END = 2
ROWS = 128  # of the vocabulary


def loud(family: str, **more: Any) -> Any:
    """A small model whose numbers are far apart: what it says depends on all that it read, and on its order."""
    import torch

    return louder(small(family, **more), torch)


def louder(model: Any, torch: Any) -> Any:
    torch.manual_seed(0)
    for weight in model.parameters():
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, std=0.3)
    return model.eval()


def prompts(count: int, seed: int = 0, lengths: Sequence[int] = (1, 3, 7, 20, 40)) -> list[list[int]]:
    random = Random(seed)
    return [[random.randrange(3, ROWS) for _ in range(random.choice(lengths))] for _ in range(count)]


def generated(model: Any, ids: list[int], most: int, **how: Any) -> list[int]:
    """What Transformers writes, alone."""
    import torch

    given = torch.tensor([ids], device=model.device)
    settings = {"do_sample": False, "eos_token_id": END, "pad_token_id": 0, **how}
    out = model.generate(
        input_ids=given, attention_mask=torch.ones_like(given), max_new_tokens=most, **settings
    )
    start = 1 if model.config.is_encoder_decoder else len(ids)
    written: list[int] = out[0, start:].tolist()
    return written


class Told:
    """Rows that were asked, and what each was told, until it ended."""

    def __init__(self, engine: Engine):
        self.engine, self.rows, self.steps = engine, list[AnswerRow](), list[list[TokenStep | Exception]]()
        self.ended: Queue[int] = Queue()

    def ask(self, ids: Sequence[int], most: int = 12, wish: Wish | None = None, **more: Any) -> AnswerRow:
        at, heard = len(self.rows), list[TokenStep | Exception]()

        def tell(step: TokenStep | Exception) -> None:
            heard.append(step)
            if isinstance(step, Exception) or step.end:
                self.ended.put(at)

        row = AnswerRow(ids, wish or Wish(), most, tell, **more)
        self.rows.append(row)
        self.steps.append(heard)
        self.engine.ask(row)
        return row

    def wait(self, count: int | None = None) -> None:
        """Until so many more have ended, or all that were asked."""
        for _ in range(len(self.rows) if count is None else count):
            self.ended.get(timeout=60)

    def tokens(self, at: int) -> list[int]:
        for step in self.steps[at]:
            assert isinstance(step, TokenStep), step
        return [step.token for step in self.steps[at] if isinstance(step, TokenStep)]

    def failures(self) -> list[int]:
        return [at for at, steps in enumerate(self.steps) if any(isinstance(one, Exception) for one in steps)]


@contextmanager
def engine_of(model: Any, rows: int = 5, **more: Any) -> Iterator[Engine]:
    engine = Engine(model, [END], rows, threads=1, **more)
    engine.start()
    try:
        yield engine
    finally:
        engine.close(grace=0)
    assert not engine.alive
