"""The findings of sniff in a file."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from pitchpipe_tools.sniff.choose_format import Choice

Counted = TypeVar("Counted")
MOST_DETAILS = 3  # of one finding


class Tally(Generic[Counted]):
    """Counts rows by key, and keeps the place of the first row of each key and its first details."""

    def __init__(self) -> None:
        self.counts: Counter[Counted] = Counter()
        self.places: dict[Counted, str] = {}
        self.details: dict[Counted, list[str]] = {}

    def add(self, key: Counted, place: str, detail: str = "") -> None:
        self.counts[key] += 1
        self.places.setdefault(key, place)
        known = self.details.setdefault(key, [])
        if detail and detail not in known and len(known) < MOST_DETAILS:
            known.append(detail)


class Finding(NamedTuple):
    """The fate of rows, such as "quarantined", with the step that decided and the reason."""

    fate: str
    step: str
    reason: str

    @classmethod
    def of(cls, fate: str, step: object, words: str) -> "Finding":
        """A finding whose reason ends before the first colon, as the reasons of reports do."""
        return cls(fate, str(step), words.partition(":")[0])


@dataclass
class Findings:
    """All counts of one file."""

    choice: Choice
    keys: list[str]  # of the rows of the sample
    more: bool = False  # whether rows were left unread
    there: str = ""  # what rows that no format reads seem to hold
    rows: int = 0
    refused: int = 0
    mess: Tally[Finding] = field(default_factory=Tally)  # rows that were repaired, quarantined or dropped
    unread: Counter[str] = field(default_factory=Counter)  # rows by column with words that nobody reads
    doubts: list[str] = field(default_factory=list)  # on columns that may judge replies
    formats: Tally[str] = field(default_factory=Tally)
    # Conversations
    sizes: dict[str, list[int]] = field(default_factory=dict)
    parts: Counter[str] = field(default_factory=Counter)  # such as a system prompt
    categories: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    repeated: int = 0
    # Filters
    tried: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # filters that sniff cannot try
    dropped: Tally[Finding] = field(default_factory=Tally)
    kept: int = 0

    @property
    def conversations(self) -> int:
        return len(self.sizes.get("turns", ()))
