"""Candidates of drafts in their turn: what is known of each, and why it is not accepted."""

from dataclasses import dataclass

from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.generate.making.progress import FinishedOne, MadeCandidate

NOT_SENT = "a question was not sent"
ENOUGH = "more than were wanted"
LATE = "it came when drafting had ended"


@dataclass(slots=True)
class Entry:
    """A candidate in its turn, or a draft that gave none."""

    candidate: MadeCandidate
    source: Conversation | None = None  # what was admitted
    rows: FinishedOne | None = None  # what it gave
    settled: bool = True
    empty: bool = False

    @property
    def why(self) -> str:
        """Why it is not accepted."""
        return self.candidate.reason


def none_of(draft: FinishedOne) -> MadeCandidate:
    """What stands for a draft that gave no candidate."""
    why = next((one.why or one.end for one in draft.questions if one.end != "answered"), "no reply")
    return MadeCandidate(None, "dropped", why)


def hopes(draft: FinishedOne) -> int:
    return sum(one.fate == "kept" for one in draft.candidates)


def too_late(entry: Entry, reason: str) -> None:
    """Nothing of it is kept, though some of it may have come."""
    rows = entry.rows.candidates if entry.rows else []
    for candidate in [entry.candidate, *rows]:
        if candidate.fate == "kept":
            candidate.drops(None, reason)
