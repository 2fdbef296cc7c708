"""Rules that drop an evolved instruction, the cheapest first; its parent is evolved in its place."""

from collections.abc import Collection

import pitchpipe as pp
from pitchpipe_components.generators.evol_instruct.gain import new_words, no_gain
from pitchpipe_components.generators.evol_instruct.presets import Rule
from pitchpipe_components.generators.faults import fault_of
from pitchpipe_components.text.loosely import loosened


class Elimination:
    """The rules of one chain, which remembers what was said in it."""

    def __init__(self, rules: Collection[Rule], ask_from: float, max_growth: int, first: str):
        self.rules, self.ask_from, self.max_growth = rules, ask_from, max_growth
        self.said = {loosened(first)}

    async def why(self, old: str, new: str, ask: pp.Asking) -> pp.Drop | None:
        """Why the new instruction is dropped, if it is."""
        dropped = self._by_words(old, new)
        if dropped is None and "no_gain" in self.rules:
            dropped = await no_gain(old, new, ask, self.ask_from)
        if dropped is None:
            self.said.add(loosened(new))
        return dropped

    def _by_words(self, old: str, new: str) -> pp.Drop | None:
        if fault := fault_of(new, old, self.rules):
            return fault
        if "no_gain" in self.rules and loosened(new) in self.said:
            return pp.drop("no gain: said before")
        if "grown" in self.rules and (grown := new_words(old, new)) > self.max_growth:
            return pp.drop("grown: too many new words", score=grown, limit=self.max_growth)
        return None
