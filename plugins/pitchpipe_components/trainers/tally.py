"""Adds up the losses of learned tokens, in all and by source. Nothing waits for the device between logs."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

import pitchpipe as pp

Reduce = Callable[[Tensor], Tensor]  # adds up the tensors of all processes


class LossTally:
    """The loss of training since the last log and since the beginning: means over learned tokens."""

    def __init__(self, examples: pp.Examples, device: torch.device, reduce: Reduce, first: bool = True):
        """`first`: of the processes, the one that keeps what all have counted together."""
        names, numbers = examples.sources()
        self.sources = names if len(names) > 1 else []  # of a single one there is nothing to add
        self._source_of = torch.as_tensor(numbers, device=device) if self.sources else None
        self.reduce, self.first = reduce, first
        # Rows: losses, tokens. Columns: all sources together, then each.
        self._since = torch.zeros(2, 1 + len(self.sources), dtype=torch.float64, device=device)
        self._before = torch.zeros_like(self._since)  # what was logged

    def add(self, each: Tensor, owners: Tensor | None) -> None:
        """Takes the losses of learned tokens, and for each the number of its example, where that is known."""
        numbers = counted(each.to(self._since.device))
        self._since[:, 0] += numbers.sum(1)
        if self._source_of is not None and owners is not None:
            self._since.index_add_(1, self._source_of[owners] + 1, numbers)

    def take(self) -> dict[str, float]:
        """Means since the last log, and tokens learned since the beginning. In all processes at once."""
        since = self.reduce(self._since.clone())
        self._before += since
        self._since.zero_()
        means, counts = (since[0] / since[1].clamp(min=1)).tolist(), since[1].tolist()
        values = {"loss": means[0]} if counts[0] else {}
        by_source = zip(self.sources, means[1:], counts[1:], strict=True)
        values |= {f"loss of {name}": mean for name, mean, count in by_source if count}
        return values | {"tokens": self._before[1, 0].item()}

    def mean(self) -> float:
        """The mean over all tokens since the beginning that were logged."""
        return float(self._before[0, 0] / self._before[1, 0].clamp(min=1))

    def state(self) -> dict[str, Any]:
        """What a run that goes on needs, of all processes. In all processes at once."""
        return {
            "sources": self.sources,
            "since": self.reduce(self._since.clone()).cpu(),
            "before": self._before.cpu(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state. Sources may have come or gone: those that are left keep their numbers."""
        known = {name: at + 1 for at, name in enumerate(state["sources"])}
        from_columns = [0, *(known.get(name, -1) for name in self.sources)]
        for own, saved in ((self._since, state["since"]), (self._before, state["before"])):
            columns = [saved[:, at] if at >= 0 else torch.zeros(2, dtype=saved.dtype) for at in from_columns]
            own.copy_(torch.stack(columns, dim=1))
        if not self.first:
            self._since.zero_()


class Examined:
    """The loss of validation: the mean over the learned tokens of all examples, each counted once.

    Several processes see some examples twice, so that each has as many batches.
    """

    def __init__(self, count: int, device: torch.device, gather: Reduce):
        self.gather = gather
        self._of_each = torch.zeros(2, count, dtype=torch.float64, device=device)

    def add(self, each: Tensor, examples: Tensor, owners: Tensor | None) -> None:
        """Losses whose example is not known go to the first of the batch."""
        owners = examples[:1].expand(len(each)) if owners is None else owners
        self._of_each.index_fill_(1, examples, 0)  # it may have been seen before
        self._of_each.index_add_(1, owners, counted(each.to(self._of_each.device)))

    def mean(self) -> float:
        """In all processes at once."""
        losses, tokens = self.gather(self._of_each[None]).amax(0).sum(1).tolist()
        return losses / max(tokens, 1)


def counted(each: Tensor) -> Tensor:
    """Losses, and as many ones."""
    return torch.stack([each.double(), torch.ones_like(each, dtype=torch.float64)])
