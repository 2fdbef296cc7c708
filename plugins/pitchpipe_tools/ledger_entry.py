"""A line of ledger.jsonl, read back."""

import msgspec
from msgspec import Struct

from pitchpipe.records.verdict import Measure
from pitchpipe_stages.data.ledger import Fate, Reason, Step


class LedgerEntry(Struct):
    """A line of the ledger. The line of a quarantined row holds the `row`, any other line the row's `id`."""

    dataset: str
    file: str
    line: int
    fate: Fate
    stage: str
    reason: str
    id: str | None = None
    score: Measure = None
    limit: Measure = None
    row: object = None

    @classmethod
    def of(cls, line: bytes) -> "LedgerEntry":
        return _decode(line)

    @property
    def step(self) -> Step:
        return Step.of(self.stage)

    @property
    def place(self) -> str:
        return f"{self.file or self.dataset}:{self.line}"

    def counted_as(self) -> Reason:
        """The reason under which run.json counts the row."""
        return Reason.of(self.fate, self.step, self.reason)


_decode = msgspec.json.Decoder(LedgerEntry).decode
