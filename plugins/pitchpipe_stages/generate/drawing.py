"""Tokens that are drawn for each row of a batch by a chance of its own, and how likely tokens were.

Transformers draws for a whole batch from one chance, so that others would change what a row gets. Here each
row has a seed: the same question gets the same draws in whatever company it is asked.
"""

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from pitchpipe.host.contracts import Sampling

if TYPE_CHECKING:
    from torch import Tensor


class Draws:
    """Leaves one token to each row, which is drawn of those that `how` leaves."""

    def __init__(self, how: Sampling, seeds: Sequence[str]):
        self.chances, self.limits = [Random(seed) for seed in seeds], limits(how)

    def __call__(self, ids: "Tensor", scores: "Tensor") -> "Tensor":
        import torch

        for limit in self.limits:
            scores = limit(ids, scores)
        return torch.full_like(scores, -torch.inf).scatter_(1, drawn(scores, self.chances), 0.0)


def drawn(scores: "Tensor", chances: Sequence[Random]) -> "Tensor":
    """A token for each row, by its own chance."""
    import torch

    exact = torch.float32 if scores.device.type == "mps" else torch.float64
    mass = scores.softmax(-1, dtype=exact).cumsum(-1)
    points = torch.tensor([[chance.random()] for chance in chances], dtype=exact)
    found = torch.searchsorted(mass, points.to(mass.device) * mass[:, -1:], right=True)
    return found.clamp(max=scores.shape[-1] - 1)


class Halts:
    """Ends a batch at its next token, once nobody waits for it any more."""

    def __init__(self) -> None:
        self.halted = False

    def __call__(self, ids: "Tensor", scores: "Tensor") -> "Tensor":
        if self.halted:
            raise InterruptedError("nobody waits for this batch")
        return scores


class LikelyTokens:
    """Notes the log-probability of each token that was chosen, before anything is left out of what may be."""

    def __init__(self) -> None:
        self.steps: list[Tensor] = []
        self._last: Tensor | None = None

    def __call__(self, ids: "Tensor", scores: "Tensor") -> "Tensor":
        self.note(ids[:, -1:])
        self._last = scores.float().log_softmax(-1)
        return scores

    def note(self, chosen: "Tensor") -> None:
        """What was chosen behind the scores that were seen last."""
        if self._last is not None:
            self.steps.append(self._last.gather(1, chosen)[:, 0])

    def rows(self, written: Sequence[Sequence[int]]) -> list[list[float]]:
        """The values of each row, for the tokens that it wrote, the last one included."""
        import torch

        if self._last is not None:
            last = [[row[len(self.steps)] if len(row) > len(self.steps) else 0] for row in written]
            self.note(torch.tensor(last, device=self._last.device))
        return torch.stack(self.steps, 1).tolist() if self.steps else [[] for _ in written]


def limits(how: Sampling) -> list[Any]:
    """In the order in which Transformers applies them."""
    from transformers.generation import logits_process as by

    found: list[Any] = [by.TemperatureLogitsWarper(float(how.temperature))] if how.temperature != 1 else []
    found += [by.TopKLogitsWarper(how.top_k)] if how.top_k else []
    found += [by.TopPLogitsWarper(how.top_p)] if how.top_p < 1 else []
    return found + ([by.MinPLogitsWarper(how.min_p)] if how.min_p else [])
