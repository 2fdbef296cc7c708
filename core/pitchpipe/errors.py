"""Mistakes that a user can cure, and the words that help to cure them."""

from collections.abc import Iterable
from dataclasses import dataclass


class PitchpipeError(Exception):
    """Something the user can put right. Shown without a trace; the exit code is 2."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a recipe: where it stands, what it concerns, what is wrong."""

    place: str
    subject: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.subject, self.message) if part)


class Quarantine(Exception):
    """Raised where a row cannot be used as it is; the row goes to the ledger with this reason."""


class AskAgain(Exception):
    """Raised by a teacher that gave no reply and may give one later: why, and after how many seconds at the
    earliest, if it said so. `free`: nothing can have been paid."""

    def __init__(self, why: str, after: float | None = None, free: bool = False):
        super().__init__(why)
        self.after, self.free = after, free


def suggest(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them where none is near."""
    from difflib import get_close_matches

    known = sorted(known)
    if near := get_close_matches(str(name), known, n=1):
        return f" Did you mean '{near[0]}'?"
    return f" Known: {', '.join(known)}." if known else ""
