"""The course of a loss: whether it has exploded.

A model that has lost its way is surer of wrong words than one that guesses, and stays so; a single strange
batch is gone with the next. So a loss has exploded when it is well above that of guessing and of all that
came before, in several steps in a row, or far above in two.
"""

from math import inf

WORSE, SEVERAL = 1.2, 5  # times the loss of guessing, in so many steps
FAR, TWO = 3.0, 2
RISEN = 1.5  # times the lowest loss: a base that is worse than guessing may learn
FIRST, LONG = 5, 25  # steps


class Course:
    """The losses of a training, step by step. `guess` is the loss of guessing, or infinite."""

    def __init__(self, guess: float):
        self.guess = guess
        self.lowest, self.first = inf, list[float]()
        self._worse = self._far = self._high = 0

    def exploded(self, loss: float) -> int:
        """Takes the loss of a step; in how many steps it has been out of bounds, once that is enough."""
        if loss <= RISEN * self.lowest:
            self._worse = self._far = 0
            self.lowest = min(self.lowest, loss)
        else:
            self._worse = self._worse + 1 if loss > WORSE * self.guess else 0
            self._far = self._far + 1 if loss > FAR * self.guess else 0
        return self._worse if self._worse >= SEVERAL or self._far >= TWO else 0

    def high(self, loss: float) -> bool:
        """Takes the loss of a step; true once, when it has long been much higher than it began."""
        if len(self.first) < FIRST:
            self.first.append(loss)
            return False
        self._high = self._high + 1 if loss > 2 * max(self.first) + 1 else 0
        return self._high == LONG
