"""A vote: which reply is better, how much, and what else the rater says of both."""

from typing import Literal

from msgspec import Struct, field

Side = Literal["first", "second"]
Verdict = Literal["first", "second", "tie", "both_bad", "skip"]
Ratings = dict[str, int]  # 1 to 5, by criterion

CRITERIA = {  # what each asks; after the helpful, honest and harmless of instruction tuning
    "helpfulness": "Does it do what was asked?",
    "accuracy": "Is what it says true?",
    "coherence": "Is it clear and well ordered?",
    "safety": "Does it do no harm?",
}
OTHER: dict[Side, Side] = {"first": "second", "second": "first"}


class Vote(Struct, kw_only=True):
    """What a rater says of a duel. `again`: the rater was shown it for the second time."""

    rater: int
    duel: str
    again: bool
    verdict: Verdict
    strength: int  # 0 of no winner, 1 slightly, 2 much better
    left: Side  # which reply stood left
    ratings: dict[Side, Ratings] = field(default_factory=dict)
    notes: str = ""
    seconds: float = 0.0
    attempt: str = ""  # one showing of the duel on a screen: a vote from it counts once
    at: str = ""
    number: int = 0  # in the order of first votes

    @property
    def points(self) -> float | None:
        """Of the first reply: 1 if it won, a half of a tie; none if the duel was skipped."""
        return {"first": 1.0, "second": 0.0, "tie": 0.5, "both_bad": 0.5}.get(self.verdict)
