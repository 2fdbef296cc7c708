"""The log-probabilities of the replies of a batch, row by row, from the losses of their tokens."""

from dataclasses import dataclass

import torch
from torch import Tensor

import pitchpipe as pp
from pitchpipe_components.trainers.loss.batch import EXAMPLES, ROWS, WORSE, Batch


@dataclass(frozen=True)
class LogProbabilities:
    """Of each row of a batch: the log-probability of its reply, and the number of learned tokens."""

    sums: Tensor
    tokens: Tensor

    @classmethod
    def of(cls, each: Tensor, batch: Batch, beyond: float = 1.0) -> "LogProbabilities":
        """`beyond` is what a token of a pair counts that lies beyond the length of the shorter reply."""
        rows = batch.get(ROWS)
        if rows is None:
            raise pp.PitchpipeError(
                "the batches of this collator do not tell where its conversations lie (`cu_seq_lens_q`, or a"
                " row for each): replies cannot be compared. Use the collator padded or packed"
            )
        tokens = torch.bincount(rows, minlength=len(batch[EXAMPLES]))
        if beyond != 1.0:
            each = each * torch.where(_place(rows, tokens) < _shorter(batch, tokens)[rows], 1.0, beyond)
        # Rows lie one after the other: a sum over each stretch, in the same order on every device.
        sums = torch.segment_reduce(-each, "sum", lengths=tokens, initial=0, unsafe=True)
        return cls(sums, tokens)


def _place(rows: Tensor, tokens: Tensor) -> Tensor:
    """For each learned token its place among those of its row."""
    starts = tokens.cumsum(0) - tokens
    return torch.arange(len(rows), device=rows.device) - starts[rows]


def _shorter(batch: Batch, tokens: Tensor) -> Tensor:
    """For each row of a pair the tokens of the shorter reply. A worse reply stands behind its better one."""
    worse = batch[WORSE]
    least = torch.minimum(tokens[worse], tokens[worse - 1])
    return tokens.clone().index_copy_(0, worse, least).index_copy_(0, worse - 1, least)
