"""Answers that had to be cut: a model that does not end its replies says more until its limit."""

from collections.abc import Iterable

import msgspec


class _Ended(msgspec.Struct):
    """An answer that was kept, and whether the model ended it, where that was written down."""

    ended: bool | None = None


def endless(answers: Iterable[bytes]) -> tuple[int, int]:
    """How many of the kept answers the model did not end by itself, and of how many that is known."""
    ended = [msgspec.json.decode(line, type=_Ended).ended for line in answers]
    return ended.count(False), ended.count(False) + ended.count(True)
