"""Reads battles of two models: two conversations on the same questions, and which one a person preferred."""

from typing import Any

from pitchpipe import drop
from pitchpipe_components.formats.assemble import Result
from pitchpipe_components.formats.preferred import preferred
from pitchpipe_components.formats.turns import Spoken, read

SIDES = {"model_a": ("conversation_a", "conversation_b"), "model_b": ("conversation_b", "conversation_a")}
NAMES = ("conversation_a", "conversation_b", "winner")


class Arena:
    """{"conversation_a": [...], "conversation_b": [...], "winner": "model_a"}

    LMSYS's Chatbot Arena, and LMArena. The winner's conversation is the chosen one. Where both models were
    asked more than once, the earlier replies differ too: then the other conversation stays in meta, as no
    reply to the same chat. Ties are dropped.
    """

    def matches(self, row: dict[str, Any]) -> int:
        return 3 if all(name in row for name in NAMES) else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        for name in NAMES:
            if name not in row:
                return drop(f"{name} is missing")
        winner = str(row["winner"])
        if "tie" in winner or "both" in winner:
            return drop(f"{winner}: neither is preferred")
        if winner not in SIDES:
            return drop("winner is no model_a and no model_b")
        better, worse = SIDES[winner]
        renamed = {name: value for name, value in row.items() if name not in (better, worse)}
        renamed |= {"chosen": row[better], "rejected": row[worse]}
        chats = read(row[better], better), read(row[worse], worse)
        return preferred(renamed, Spoken([], []), *chats, ("chosen", "rejected"))
