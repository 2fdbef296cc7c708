"""When drafting is in vain: too little is accepted of what was drafted last."""

from collections import Counter, deque

LAST = 200  # candidates, or drafts that gave none
LEAST = 0.01  # of them, accepted
EMPTY = 16  # drafts in a row that gave nothing at all


class Yields:
    """What became of candidates, in the order of their drafts: the end never depends on who was faster."""

    def __init__(self) -> None:
        self._last: deque[str] = deque(maxlen=LAST)
        self._empty = 0

    def add(self, reason: str, empty: bool = False) -> str:
        """Takes in why a candidate was not accepted, or nothing. Why drafting ends, if it does."""
        self._last.append(reason)
        self._empty = self._empty + 1 if empty else 0
        if self._empty >= EMPTY:
            return f"the last {EMPTY} drafts gave nothing: {self._worst(EMPTY)}"
        accepted = self._last.count("")
        if len(self._last) == LAST and accepted < LEAST * LAST:
            return f"of the last {LAST} candidates {accepted} were accepted: {self._worst(LAST)}"
        return ""

    def _worst(self, count: int) -> str:
        reasons = Counter(one.partition(":")[0] for one in list(self._last)[-count:] if one)
        return ", ".join(f"{reason} ({times})" for reason, times in reasons.most_common(3))
