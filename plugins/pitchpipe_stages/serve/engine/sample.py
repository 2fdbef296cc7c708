"""Rows by chance, on which an engine tries its model before anybody asks."""

from random import Random

from pitchpipe.host.serving import Wish
from pitchpipe_stages.serve.engine.batch import AnswerBatch
from pitchpipe_stages.serve.engine.calls import ModelCall
from pitchpipe_stages.serve.engine.lone import LoneAnswer
from pitchpipe_stages.serve.engine.row import AnswerRow


class Samples:
    """Makes them; the same ones each time."""

    def __init__(self, call: ModelCall, adapter: str = ""):
        self.call, self.adapter, self.random = call, adapter, Random(0)

    def tokens(self, count: int) -> list[int]:
        return [self.random.randrange(self.call.tokens) for _ in range(count)]

    def row(self, length: int) -> AnswerRow:
        return AnswerRow(self.tokens(length), Wish(), 99, lambda step: None, self.adapter)

    def batch(self, *lengths: int) -> AnswerBatch:
        return AnswerBatch(self.call, [self.row(length) for length in lengths])

    def go_on(self, batch: AnswerBatch | LoneAnswer) -> None:
        """Each row says a token."""
        tokens = self.tokens(len(batch.rows))
        for row, token in zip(batch.rows, tokens, strict=True):
            row.written.append(token)
        batch.forward(tokens)
