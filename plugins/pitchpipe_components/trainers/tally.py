"""Adds up what is noted of batches, in all and by source. Nothing waits for the device between logs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

import pitchpipe as pp

Reduce = Callable[[Tensor], Tensor]  # adds up the tensors of all processes
Means = dict[str, float]
BY_SOURCE = ("loss", "reward_accuracy")  # what is told of each source, too


@dataclass(frozen=True)
class Noted:
    """Numbers of a batch, and for each the number of its example, where that is known."""

    values: Tensor
    examples: Tensor | None


Notes = dict[str, Noted]


class NoteTally:
    """Means of what is noted since the last log and since the beginning; and the tokens that were learned."""

    def __init__(
        self,
        names: Sequence[str],
        told: Callable[[Means], Means],
        examples: pp.Examples,
        device: torch.device,
        reduce: Reduce,
        first: bool = True,
    ):
        """`told` makes of means what is logged. `first`: of the processes, the one that keeps what all have
        counted together."""
        self.names, self.told = [*names, "tokens"], told
        sources, numbers = examples.sources()
        self.sources = sources if len(sources) > 1 else []  # of a single one there is nothing to add
        self._source_of = torch.as_tensor(numbers, device=device) if self.sources else None
        self.reduce, self.first = reduce, first
        # For each name sums and counts, of all sources together, then of each.
        shape = (len(self.names), 2, 1 + len(self.sources))
        self._since = torch.zeros(shape, dtype=torch.float64, device=device)
        self._before = torch.zeros_like(self._since)  # what was logged

    def add(self, notes: Notes, tokens: int) -> None:
        """Takes the numbers of a batch, and how many tokens were learned."""
        self._since[-1, :, 0] += tokens
        for name, noted in notes.items():
            sums, numbers = self._since[self.names.index(name)], counted(noted.values.to(self._since.device))
            sums[:, 0] += numbers.sum(1)
            if self._source_of is not None and noted.examples is not None:
                sums.index_add_(1, self._source_of[noted.examples] + 1, numbers)

    def take(self) -> Means:
        """Means since the last log, and tokens learned since the beginning. In all processes at once."""
        since = self.reduce(self._since.clone())
        self._before += since
        self._since.zero_()
        values = self._means(since, 0)
        for column, source in enumerate(self.sources, 1):
            of_source = self._means(since, column)
            values |= {f"{name} of {source}": of_source[name] for name in BY_SOURCE if name in of_source}
        return values | {"tokens": self._before[-1, 0, 0].item()}

    def mean(self) -> float:
        """The loss since the beginning, as far as it was logged."""
        return self._means(self._before, 0).get("loss", 0.0)

    def _means(self, sums: Tensor, column: int) -> Means:
        total, count = sums[:-1, :, column].T
        means = (total / count.clamp(min=1)).tolist()
        known = zip(self.names, means, count.tolist(), strict=False)
        found = {name: mean for name, mean, count in known if count}
        return self.told(found) if found else {}

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
            nothing = torch.zeros(saved.shape[:2], dtype=saved.dtype)
            columns = [saved[:, :, at] if at >= 0 else nothing for at in from_columns]
            own.copy_(torch.stack(columns, dim=2))
        if not self.first:
            self._since.zero_()


class Examined:
    """Means of validation: over the numbers of all examples, each example counted once.

    Several processes see some examples twice, so that each has as many batches.
    """

    def __init__(self, names: Sequence[str], count: int, device: torch.device, gather: Reduce):
        self.names, self.gather = list(names), gather
        self._of_each = torch.zeros(len(self.names), 2, count, dtype=torch.float64, device=device)

    def add(self, notes: Notes, examples: Tensor) -> None:
        """Numbers whose example is not known go to the first of the batch."""
        for name, noted in notes.items():
            of_name = self._of_each[self.names.index(name)]
            owners = examples[:1].expand(len(noted.values)) if noted.examples is None else noted.examples
            of_name.index_fill_(1, examples, 0)  # it may have been seen before
            of_name.index_add_(1, owners, counted(noted.values.to(of_name.device)))

    def means(self) -> Means:
        """Of each name that has numbers. In all processes at once."""
        of_each = self.gather(self._of_each[None])
        seen = (of_each[:, :, 1:] > 0).sum(0).clamp(min=1)  # by how many processes
        totals, counts = (of_each.sum(0) / seen).sum(2).T.tolist()
        found = zip(self.names, totals, counts, strict=True)
        return {name: total / count for name, total, count in found if count}


def counted(values: Tensor) -> Tensor:
    """Numbers, and as many ones."""
    return torch.stack([values.detach().double(), torch.ones_like(values, dtype=torch.float64)])
