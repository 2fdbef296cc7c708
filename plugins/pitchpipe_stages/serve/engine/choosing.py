"""The next token of a row: as its own client wants it, whatever the others in the batch want."""

from typing import TYPE_CHECKING, Any

from pitchpipe_stages.serve.engine.row import AnswerRow

if TYPE_CHECKING:
    from torch import Tensor

LikelyOnes = tuple[float, list[tuple[int, float]]] | None


def choose(row: AnswerRow, scores: "Tensor") -> tuple[int, LikelyOnes]:
    """The token, and how likely it was where that is asked for."""
    scores = _penalised(row, scores)
    token = int(scores.argmax()) if not row.wish.sampling.temperature else _drawn(row, scores)
    if row.wish.logprobs is None:
        return token, None
    logprobs = scores.log_softmax(-1)
    values, tokens = logprobs.topk(row.wish.logprobs)
    return token, (float(logprobs[token]), list(zip(tokens.tolist(), values.tolist(), strict=True)))


def _penalised(row: AnswerRow, scores: "Tensor") -> "Tensor":
    import torch

    wish = row.wish
    if not (wish.bias or wish.frequency_penalty or wish.presence_penalty):
        return scores
    scores = scores.clone()
    for token, value in wish.bias.items():
        scores[token] += value
    if row.written:
        seen, counts = torch.tensor(row.written, device=scores.device).unique(return_counts=True)
        scores[seen] -= wish.frequency_penalty * counts + wish.presence_penalty
    return scores


def _drawn(row: AnswerRow, scores: Any) -> int:
    import torch

    how = row.wish.sampling
    shares = (scores.double() / how.temperature).softmax(-1)
    ordered, order = shares.sort(descending=True)
    mass = ordered.cumsum(-1)
    if how.top_p < 1:
        ordered[mass - ordered > how.top_p] = 0
    if how.top_k:
        ordered[how.top_k :] = 0
    mass = ordered.cumsum(-1)
    at = torch.searchsorted(mass, mass.new_tensor([row.chance.random()]) * mass[-1], right=True)
    return int(order[at.clamp(max=len(order) - 1)])
