"""How much of something a reply must hold: the words by which prompts say it."""

from collections.abc import Callable
from operator import eq, ge, gt, le, lt
from typing import Literal

Relation = Literal["less than", "at least", "at most", "exactly", "more than"]  # IFEval knows the first two

_HOLDS: dict[str, Callable[[int, int], bool]] = {
    "less than": lt, "at least": ge, "at most": le, "exactly": eq, "more than": gt,
}  # fmt: skip


def holds(found: int, relation: Relation, wanted: int) -> bool:
    return _HOLDS[relation](found, wanted)
