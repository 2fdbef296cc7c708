"""Prompts with replies to other prompts: what a model says of these tells how far it has moved as a whole."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pitchpipe as pp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TRIES = 8  # neighbours that are asked for another prompt


class Mismatched:
    """For each example its prompt with the reply of another one, which a seed chooses for good.

    As entries of a data set. A reply is cut where the row would be longer than the longest example.
    """

    def __init__(self, examples: pp.Examples, seed: int):
        self.examples, self.seed = examples, seed

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, number: int) -> list[tuple[int, pp.Example]]:
        (prompt, own), reply = _parted(self.examples[number]), list[int]()
        for other in self._neighbours(number):
            asked, reply = _parted(self.examples[other])
            if asked != prompt:
                break
        reply = reply[: max(1, self._longest - len(prompt))] or own
        return [(number, pp.Example([*prompt, *reply], [pp.IGNORED] * len(prompt) + reply))]

    def silent(self) -> list[tuple[int, pp.Example]]:
        """An entry of which nothing is learned."""
        ids = [*_parted(self.examples[0])[0], 0]
        return [(0, pp.Example(ids, [pp.IGNORED] * len(ids)))]

    def _neighbours(self, number: int) -> list[int]:
        """Those before it in an order by chance, in which each example stands once."""
        order, place = self._order
        at, count = int(place[number]), len(order)
        return [int(order[at - back]) for back in range(1, min(TRIES, count) + 1)]

    @cached_property
    def _order(self) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
        """The order, and the place of each example in it."""
        import numpy as np

        order = np.random.default_rng(abs(self.seed)).permutation(len(self.examples))
        return order, np.argsort(order)

    @cached_property
    def _longest(self) -> int:
        return int(self.examples.lengths().max())


def _parted(example: Any) -> tuple[list[int], list[int]]:
    """The prompt and the reply, good or bad."""
    side = example if len(example.ids) else example.rejected
    ids, labels = list(side.ids), list(side.labels)
    begin = next((at for at, label in enumerate(labels) if label != pp.IGNORED), len(ids) - 1)
    return ids[:begin], ids[begin:]
