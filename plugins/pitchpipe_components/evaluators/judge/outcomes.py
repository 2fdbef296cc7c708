"""What both orders of two replies say together, and what that says of many questions."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """Two replies to a question, and what a judge said: of the one first, then of the other one first.

    A verdict that is None was none. Replies that are the same are no question to a judge.
    """

    id: str
    one: str
    other: str
    verdicts: tuple[str | float | None, str | float | None] = (None, None)

    @property
    def replies(self) -> tuple[str, str, str]:
        """The replies, whatever was said of them."""
        return self.id, self.one, self.other

    @property
    def same(self) -> bool:
        return self.one == self.other

    @property
    def games(self) -> tuple[float | None, float | None]:
        """What each order gives the one reply: 1 won, 0 lost, 0.5 tied."""
        first = {"A": 1.0, "B": 0.0, "tie": 0.5}
        second = {"A": 0.0, "B": 1.0, "tie": 0.5}
        return first.get(str(self.verdicts[0])), second.get(str(self.verdicts[1]))

    @property
    def valid(self) -> bool:
        return self.same or None not in self.games

    @property
    def asked(self) -> bool:
        """Whether both orders were judged."""
        return self.valid and not self.same

    @property
    def result(self) -> float:
        """Of a valid pair: what both orders say, and a tie where they disagree."""
        first, second = self.games
        return first if not self.same and first is not None and first == second else 0.5

    @property
    def disagrees(self) -> bool:
        return self.games[0] != self.games[1]

    @property
    def longer(self) -> float:
        """What a judge would say who always prefers the longer reply."""
        return 0.5 + 0.5 * ((len(self.one) > len(self.other)) - (len(self.one) < len(self.other)))


def bounds(pairs: Sequence[Pair]) -> tuple[float, float]:
    """The share that is won if every question without a verdict is lost, and if every one is won."""
    won = sum(pair.result for pair in pairs if pair.valid)
    invalid = sum(not pair.valid for pair in pairs)
    return won / len(pairs), (won + invalid) / len(pairs)
