"""The ledger: a line for every row that was dropped, changed, tagged or quarantined; and all counts."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pitchpipe.conversation import Drop, Source
from pitchpipe.shards import UNWRITABLE, plain

COUNTED = ("read", "kept", "dropped", "quarantined", "changed", "tagged", "passed_over", "joined")


@dataclass
class Counts:
    """What became of one source's rows. `why` counts (fate, stage, reason).

    `more` are conversations beyond the first that one row gave; `joined` are rows that went into another
    row's conversation; `passed_over` are rows that were never read, as the recipe's `sample` says.
    """

    read: int = 0
    kept: int = 0
    dropped: int = 0
    quarantined: int = 0
    changed: int = 0
    tagged: int = 0
    passed_over: int = 0
    joined: int = 0
    more: int = 0
    why: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def balanced(self) -> bool:
        return self.read + self.more == self.kept + self.dropped + self.quarantined + self.joined

    def note(self, fate: str, stage: str, reason: str) -> None:
        """The reason's own numbers would make a count of one each; the ledger's line keeps them."""
        self.why[fate, stage, reason.partition(":")[0]] += 1

    def __add__(self, other: "Counts") -> "Counts":
        sums = {name: getattr(self, name) + getattr(other, name) for name in (*COUNTED, "more")}
        return Counts(**sums, why=self.why + other.why)

    def lost(self) -> int:
        return self.dropped + self.quarantined

    def at(self, stage: str) -> int:
        """How many rows were quarantined there."""
        return sum(
            rows for (fate, where, _), rows in self.why.items() if (fate, where) == ("quarantined", stage)
        )

    def worst(self, stage: str = "") -> str:
        """Why most rows were lost, anywhere or at one stage."""
        lost = [
            f"{reason} ({rows})"
            for (fate, where, reason), rows in self.why.most_common()
            if fate in ("dropped", "quarantined") and stage in ("", where)
        ]
        return "; ".join(lost[:3])

    def plain(self) -> dict[str, Any]:
        counted = {name: getattr(self, name) for name in (*COUNTED, "more")}
        return counted | {
            "why": [
                {"fate": fate, "stage": stage, "reason": reason, "rows": rows}
                for (fate, stage, reason), rows in self.why.most_common()
            ]
        }

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Counts":
        why = Counter({(w["fate"], w["stage"], w["reason"]): w["rows"] for w in plain["why"]})
        return cls(**{name: plain[name] for name in (*COUNTED, "more")}, why=why)


def line(source: Source, fate: str, stage: str, reason: str, **extra: Any) -> bytes:
    """One line of ledger.jsonl."""
    said = {"dataset": source.dataset, "file": source.file, "line": source.line}
    said |= {"fate": fate, "stage": stage, "reason": reason}
    said |= {key: value for key, value in extra.items() if value is not None}
    try:
        return msgspec.json.encode(said, enc_hook=str)
    except UNWRITABLE:
        return msgspec.json.encode(plain(said))


def decision(source: Source, fate: str, stage: str, drop: Drop, id: str) -> bytes:
    """The line of a row that a filter dropped, or would have."""
    return line(source, fate, stage, drop.reason, id=id, score=drop.score, limit=drop.limit)
