"""The next token of each row: as its own client wants it, whatever the others in the batch want."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pitchpipe.host.contracts import Sampling
from pitchpipe.host.serving import Declined
from pitchpipe_stages.generate.drawing import drawn, limits
from pitchpipe_stages.serve.engine.row import AnswerRow

if TYPE_CHECKING:
    from torch import Tensor

LikelyOnes = tuple[float, list[tuple[int, float]]] | None
Chosen = tuple[int, LikelyOnes]


def choose(rows: Sequence[AnswerRow], logits: "Tensor") -> list[Chosen | Exception]:
    """The token of each row, and how likely the model itself found it where that is asked for."""
    scores = _changed(rows, logits)
    best, tokens = (values.tolist() for values in scores.max(-1))
    for how, numbers in _drawing(rows).items():
        for number, token in zip(numbers, _drawn(rows, scores, how, numbers), strict=True):
            tokens[number] = token
    told = zip(rows, logits, tokens, best, strict=True)
    return [_checked(row, own, token, value) for row, own, token, value in told]


def _checked(row: AnswerRow, logits: "Tensor", token: int, best: float) -> Chosen | Exception:
    if not -float("inf") < best < float("inf"):
        return Declined(500, "the model's numbers are none: it cannot go on with this answer")
    return token, None if row.wish.logprobs is None else _likely(logits, token, row.wish.logprobs)


def _likely(logits: "Tensor", token: int, most: int) -> LikelyOnes:
    """Of the model's own distribution: before bias, penalties and temperature."""
    logprobs = logits.log_softmax(-1)
    values, tokens = logprobs.topk(min(most, len(logprobs)))
    return float(logprobs[token]), list(zip(tokens.tolist(), values.tolist(), strict=True))


def _changed(rows: Sequence[AnswerRow], logits: Any) -> Any:
    """With what clients add to the scores of tokens."""
    import torch

    changed = [
        at for at, row in enumerate(rows)
        if row.wish.bias or ((row.wish.frequency_penalty or row.wish.presence_penalty) and row.written)
    ]  # fmt: skip
    if not changed:
        return logits
    scores = logits.clone()
    for at in changed:
        wish, own = rows[at].wish, scores[at]
        for token, value in wish.bias.items():
            if 0 <= token < len(own):
                own[token] += value
        if rows[at].written:
            seen, counts = torch.tensor(rows[at].written, device=own.device).unique(return_counts=True)
            own[seen] -= wish.frequency_penalty * counts + wish.presence_penalty
    return scores


def _drawing(rows: Sequence[AnswerRow]) -> dict[Sampling, list[int]]:
    """The rows that chance decides, by how."""
    found: dict[Sampling, list[int]] = {}
    for at, row in enumerate(rows):
        if row.wish.sampling.temperature:
            found.setdefault(row.wish.sampling, []).append(at)
    return found


def _drawn(rows: Sequence[AnswerRow], scores: Any, how: Sampling, numbers: list[int]) -> list[int]:
    some = scores[numbers].nan_to_num(nan=0.0, posinf=0.0)  # such a row is told that it failed
    some[some.isneginf().all(-1)] = 0.0
    some -= some.amax(-1, keepdim=True)  # a temperature close to 0 leaves no infinity behind
    for limit in limits(how):
        some = limit(None, some)
    tokens: list[int] = drawn(some, [rows[number].chance for number in numbers])[:, 0].tolist()
    return tokens
