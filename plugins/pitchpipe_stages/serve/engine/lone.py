"""A row whose model cannot join a batch: Transformers' own generation writes it, a token at each turn."""

from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from pitchpipe_stages.serve.engine.calls import ModelCall
from pitchpipe_stages.serve.engine.row import AnswerRow

if TYPE_CHECKING:
    from torch import Tensor


class LoneAnswer:
    """One row, as a batch of its own. Its thread runs only while the engine waits for it: one at a time."""

    def __init__(self, call: ModelCall, rows: list[AnswerRow]):
        (self.row,) = self.rows = rows
        self.call, self.adapter = call, self.row.adapter
        self.cells = 0
        self.logits: Tensor | None = None
        self._given, self._got = SimpleQueue[int | None](), SimpleQueue[Any]()
        self._thread: Thread | None = None

    @property
    def read(self) -> bool:
        return self.logits is not None

    def advance(self, most: int) -> None:
        """Reads the prompt, whatever its length."""
        import torch

        self._thread = Thread(target=self._generate, args=[torch.get_num_threads()], daemon=True)
        self._thread.start()
        self.logits = self._next()

    def forward(self, tokens: list[int]) -> None:
        self.call.before_turn(self.adapter)
        self._given.put(tokens[0])
        self.logits = self._next()

    def keep(self, numbers: list[int]) -> None:
        """Ends where its row is not among these."""
        if not numbers and self.rows:
            self.rows = []
            self._given.put(None)
            if self._thread:
                self._thread.join()

    def fits(self, other: object) -> bool:
        return False

    def _next(self) -> "Tensor":
        got = self._got.get()
        if isinstance(got, BaseException):
            raise got
        logits: Tensor = got
        return logits

    def _generate(self, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        ids = torch.tensor([self.row.prompt], device=self.call.device)
        try:
            with torch.inference_mode():
                self.call.generate(self.adapter, ids, self.row.most + 1, self._chosen)
            raise InterruptedError("the model's own generation has ended before its answer")
        except BaseException as error:
            self._got.put(error)

    def _chosen(self, _: "Tensor", scores: "Tensor") -> "Tensor":
        """Leaves the token that the engine chooses of these."""
        import torch

        self._got.put(scores.float())
        token = self._given.get()
        if token is None:
            raise InterruptedError("nobody waits for this answer")
        only = torch.full_like(scores, -torch.inf)
        only[:, token] = 0
        return only
