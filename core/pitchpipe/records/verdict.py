"""Verdicts: the decisions of a format or a filter on a conversation, and its scores."""

from typing import SupportsFloat

from msgspec import Struct

from pitchpipe.records.conversation import Conversation

Measure = int | float | str | None
Scored = tuple[float, float | None, float | None]  # a score, its least and its most


class Drop(Struct, frozen=True, gc=False, omit_defaults=True):
    """A decision against a conversation, with the score and the limit that made it."""

    reason: str
    score: Measure = None
    limit: Measure = None
    like: str = ""  # the place of the row that this one repeats or contradicts

    def __str__(self) -> str:
        return f"{self.reason}: of {self.like}" if self.like else self.reason


class Verdict(Struct, frozen=True, gc=False):
    """A conversation with the scores of a filter and notes on what the filter changed."""

    conversation: Conversation
    scores: dict[str, Scored] = {}
    notes: tuple[str, ...] = ()
    words: str = ""  # the very words that decided: the reason of a drop quotes them
    like: str = ""  # the place of the row that this one repeats

    @property
    def drop(self) -> Drop | None:
        """The first score that is out of bounds, as a decision."""
        said = f": {self.words}" if self.words else ""
        for name, (score, least, most) in self.scores.items():
            if least is not None and score < least:
                return Drop(f"{name.replace('_', ' ')} too low{said}", _plain(score), least, self.like)
            if most is not None and score > most:
                return Drop(f"{name.replace('_', ' ')} too high{said}", _plain(score), most, self.like)
        return None


def drop(reason: str, *, score: Measure = None, limit: Measure = None) -> Drop:
    """Drops a conversation. Reports count reasons by the words before the first colon."""
    words = " ".join(reason.split()).encode("utf-8", "backslashreplace").decode()
    if not words:
        raise ValueError("pp.drop needs a reason")
    return Drop(words, _plain(score), _plain(limit))


def judged(conversation: Conversation, **scores: Scored) -> Verdict:
    """Scores a conversation: `pp.judged(conversation, words=(12, min_words, max_words))`.

    Each score has its least and its most (None: no bound). `pitchpipe tune` can propose bounds that are the
    options `min_<score>` and `max_<score>`.
    """
    return Verdict(conversation, scores)


def noted(conversation: Conversation, *notes: str) -> Verdict:
    """An edited conversation, with a note on each change. The ledger counts notes."""
    return Verdict(conversation, {}, notes)


def _plain(measure: SupportsFloat | str | None) -> Measure:
    """A number of any library, or a truth value, as a number of Python's own."""
    if isinstance(measure, bool):
        return int(measure)
    return measure if measure is None or isinstance(measure, str | int | float) else float(measure)
