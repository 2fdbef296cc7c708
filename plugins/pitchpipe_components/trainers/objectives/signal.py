"""Tells when rewards say nothing: where all replies to a prompt are worth the same, nothing is learned."""

from torch import Tensor

import pitchpipe as pp

LOOKED_AT = 10  # steps
MOST = 0.8  # of the prompts


class Signal:
    """Counts prompts to whose replies rewards say the same."""

    def __init__(self, console: pp.Console):
        self.console, self._steps, self._alike, self._all, self._told = console, 0, 0, 0, False

    def saw(self, spreads: Tensor) -> None:
        """Takes a step: how far the rewards of the replies to each prompt lie apart."""
        if self._told:
            return
        self._steps, self._all = self._steps + 1, self._all + len(spreads)
        self._alike += int((spreads == 0).sum())
        if self._steps == LOOKED_AT:
            if self._alike > MOST * self._all:
                self._tell()
            self._steps = self._alike = self._all = 0

    def _tell(self) -> None:
        self._told = True
        self.console.say(
            f"[yellow]hardly any signal:[/] to {self._alike / self._all:.0%} of the prompts of the last"
            f" {LOOKED_AT} steps all replies were worth the same, and nothing is learned from those. Prompts"
            " that are neither too easy nor too hard help, a reward with more steps between good and bad, a"
            " larger group, or a higher temperature"
        )
