"""The ledger: one line for every row that was dropped, changed or quarantined, and the counts of all."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.conversation import Conversation, Drop, Row, Source


@dataclass
class Counts:
    """What became of one source's rows. `why` counts (stage, reason)."""

    read: int = 0
    kept: int = 0
    dropped: int = 0
    quarantined: int = 0
    changed: int = 0
    why: Counter[tuple[str, str]] = field(default_factory=Counter)

    def balanced(self) -> bool:
        return self.read == self.kept + self.dropped + self.quarantined


class Ledger:
    """Written as rows pass. A quarantined row is kept whole, so that it can be mended."""

    def __init__(self, path: Path):
        self._file = open(path, "wb")
        self.sources: dict[str, Counts] = {}
        self.last = ""  # the reason that was noted last

    def of(self, dataset: str) -> Counts:
        return self.sources.setdefault(dataset, Counts())

    def quarantine(self, source: Source, stage: str, reason: str, row: Row) -> None:
        self.of(source.dataset).quarantined += 1
        self._note(source, "quarantined", stage, reason, row=row.data)

    def drop(self, conversation: Conversation, stage: str, decision: Drop) -> None:
        self.of(conversation.source.dataset).dropped += 1
        extra = {"id": conversation.id, "score": decision.score, "limit": decision.limit}
        self._note(conversation.source, "dropped", stage, decision.reason, **extra)

    def change(self, conversation: Conversation, stage: str, reason: str) -> None:
        self.of(conversation.source.dataset).changed += 1
        self._note(conversation.source, "changed", stage, reason, id=conversation.id)

    def _note(self, source: Source, fate: str, stage: str, reason: str, **extra: Any) -> None:
        # The reason's own numbers would make a count of one each; the ledger's line keeps them.
        self.of(source.dataset).why[stage, reason.split(":")[0]] += 1
        self.last = reason
        line = {"dataset": source.dataset, "file": source.file, "line": source.line}
        line |= {"fate": fate, "stage": stage, "reason": reason}
        line |= {key: value for key, value in extra.items() if value is not None}
        self._file.write(_encoded(line) + b"\n")

    def close(self) -> None:
        self._file.close()

    def summary(self) -> dict[str, Any]:
        """The counts as plain data, for run.json. Rows that do not add up are a bug, never a footnote."""
        if lost := [name for name, counts in self.sources.items() if not counts.balanced()]:
            raise AssertionError(f"rows do not add up in {', '.join(lost)}: {self.sources}")
        return {
            name: {
                "read": c.read, "kept": c.kept, "dropped": c.dropped, "quarantined": c.quarantined,
                "changed": c.changed,
                "why": [{"stage": s, "reason": r, "rows": n} for (s, r), n in c.why.most_common()],
            }
            for name, c in self.sources.items()
        }  # fmt: skip


def _encoded(line: dict[str, Any]) -> bytes:
    """JSON of anything that a loader may have yielded, lone surrogates and dates included."""
    try:
        return msgspec.json.encode(line)
    except (TypeError, UnicodeEncodeError):
        return json.dumps(line, default=str).encode()
