"""The rows of a batch: all of them read, and then say, a token in one forward pass."""

from typing import TYPE_CHECKING, TypeGuard

from pitchpipe_stages.serve.engine.row import AnswerRow

if TYPE_CHECKING:
    from torch import Tensor

    from pitchpipe_stages.serve.engine.calls import ModelCall

WASTE = 4096  # empty cells that cost nothing worth another forward pass


class AnswerBatch:
    """Rows of one adapter, what the model remembers of them, and the logits of what each says next."""

    def __init__(self, call: "ModelCall", rows: list[AnswerRow], suspect: bool = False):
        from pitchpipe_stages.serve.engine.cache import RowsCache

        self.call, self.rows, self.adapter = call, rows, rows[0].adapter
        self.suspect = suspect  # one of them may have made a forward pass fail
        self.prompts = [row.ids for row in rows]
        self.cache = RowsCache(call.config, [len(ids) for ids in self.prompts])
        self.logits: Tensor | None = None

    @property
    def read(self) -> bool:
        return self.logits is not None

    @property
    def cells(self) -> int:
        return self.cache.cells

    def advance(self, most: int) -> None:
        """Reads more of the prompts, so many tokens at most; several are short enough for one pass."""
        width = max(map(len, self.prompts))
        done = self.cache.end
        most = width if self.cache.states else max(most // len(self.rows), 1)
        columns = range(done, min(width, done + most))
        gaps = [width - len(ids) for ids in self.prompts]
        ids = [
            [ids[at - gap] if at >= gap else 0 for at in columns]
            for ids, gap in zip(self.prompts, gaps, strict=True)
        ]
        logits = self._asked(ids)
        self.logits = logits if columns.stop == width else None

    def forward(self, tokens: list[int]) -> None:
        """Gives each row the token that it said last."""
        self.cache.reserve(1)
        self.logits = self._asked([[token] for token in tokens])
        self.suspect = False

    def _asked(self, ids: list[list[int]]) -> "Tensor":
        mask, positions = self.cache.seen(len(ids[0]), self.call.device)
        logits = self.call(ids, mask, positions, self.cache)
        self.cache.end += len(ids[0])
        return logits

    def keep(self, numbers: list[int]) -> None:
        """Forgets all rows but these."""
        if not numbers:
            self.rows = []
        if len(numbers) == len(self.rows):
            return
        order = self.cache.keep(numbers)
        self.rows = [self.rows[number] for number in order]
        self.prompts = [self.prompts[number] for number in order]
        if self.logits is not None:
            self.logits = self.logits[order]

    def fits(self, other: object) -> TypeGuard["AnswerBatch"]:
        """Whether the rows of another batch may join without too many empty cells."""
        if not isinstance(other, AnswerBatch) or self.adapter != other.adapter:
            return False
        if self.suspect or other.suspect:
            return False
        spans = [batch.cache.end - first for batch in (self, other) for first in batch.cache.firsts]
        return len(spans) * max(spans) - sum(spans) <= max(WASTE, sum(spans))

    def join(self, other: "AnswerBatch") -> None:
        """Takes the rows of another batch that has read its prompts."""
        import torch

        assert self.logits is not None and other.logits is not None
        self.cache.take(other.cache)
        self.logits = torch.cat([self.logits, other.logits])
        self.rows, self.prompts = self.rows + other.rows, self.prompts + other.prompts
