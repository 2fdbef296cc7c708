"""The engine: a thread that asks the model for one token of each row after the other."""

from collections import deque
from collections.abc import Collection
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

from pitchpipe_stages.serve.engine.batch import AnswerBatch
from pitchpipe_stages.serve.engine.choosing import choose
from pitchpipe_stages.serve.engine.row import AnswerRow, TokenStep

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Engine:
    """Rows wait in a queue, join the batch as there is room, and leave it when they end."""

    def __init__(self, model: "PreTrainedModel", ends: Collection[int], rows: int, threads: int = 0):
        self.model, self.ends, self.rows, self.threads = model, frozenset(ends), rows, threads
        self.waiting, self.batch = deque[AnswerRow](), AnswerBatch(model)
        self._turn, self._closing = Condition(), False
        self._thread = Thread(target=self._run, name="engine", daemon=True)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Finishes what was asked, and ends."""
        with self._turn:
            self._closing = True
            self._turn.notify()
        self._thread.join()

    def ask(self, row: AnswerRow) -> None:
        with self._turn:
            self.waiting.append(row)
            self._turn.notify()

    def _run(self) -> None:
        import torch

        if self.threads:
            torch.set_num_threads(self.threads)
        with torch.inference_mode():
            while self._wait():
                try:
                    self._step()
                except Exception as error:
                    for row in self.batch.rows:
                        row.tell(error)
                    self.batch = AnswerBatch(self.model)

    def _wait(self) -> bool:
        """Waits for something to do; false where there will be nothing any more."""
        with self._turn:
            while not self.waiting and not self.batch.rows:
                if self._closing:
                    return False
                self._turn.wait()
        return True

    def _joining(self) -> list[AnswerRow]:
        with self._turn:
            room = self.rows - len(self.batch.rows)
            new = [self.waiting.popleft() for _ in range(min(room, len(self.waiting)))]
        return [row for row in new if not row.left]

    def _step(self) -> None:
        if new := self._joining():
            self.batch.join(new)
        rows, keep = self.batch.rows, list[int]()
        for at, (row, step) in enumerate(zip(rows, self._chosen(), strict=True)):
            if row.left:
                continue
            row.tell(step)
            if not step.end:
                keep.append(at)
        self.batch.keep(keep)
        if self.batch.rows:
            self.batch.forward([row.written[-1] for row in self.batch.rows])

    def _chosen(self) -> list[TokenStep]:
        logits: Any = self.batch.logits
        return [self._chosen_of(row, scores) for row, scores in zip(self.batch.rows, logits, strict=True)]

    def _chosen_of(self, row: AnswerRow, scores: Any) -> TokenStep:
        token, likely = choose(row, scores)
        row.written.append(token)
        end = "stop" if token in self.ends else "length" if len(row.written) >= row.most else ""
        return TokenStep(token, end, likely)
