"""A rating as raters go through it: they join, see a duel, vote, go back. No model is named here."""

from collections.abc import Callable
from threading import Lock
from typing import Any

import msgspec

from pitchpipe.records.conversation import Json
from pitchpipe_tools.compare.ballot_box import BallotBox, Rater
from pitchpipe_tools.compare.duels import Candidate, Duel, Duels
from pitchpipe_tools.compare.tasks import Showing, tasks_of
from pitchpipe_tools.compare.vote import CRITERIA, OTHER, Ratings, Side, Vote

NAME = 80  # characters
NOTES = 10_000
SECONDS = 86_400.0
CHOICES = ("left2", "left1", "tie", "right1", "right2", "both_bad", "skip")


class BadRequest(Exception):
    """A request that is not in order; the words are for the one who sent it."""


class Ballot(msgspec.Struct, forbid_unknown_fields=True):
    """A vote as a page sends it."""

    task: str
    choice: str
    attempt: str
    left: Ratings = {}
    right: Ratings = {}
    notes: str = ""
    seconds: float = 0.0
    replaces: int | None = None  # the vote that the page has shown


class Rating:
    """What the pages of all raters ask for."""

    def __init__(self, duels: Duels, box: BallotBox, told: Callable[[str], None], more: Callable[[], str]):
        self._duels, self._box, self._told, self._more = duels.by_key, box, told, more
        self._lists: dict[str, dict[str, Showing]] = {}
        self._lock = Lock()
        box.keep_duels(duels.by_key)

    def join(self, name: str) -> Json:
        """A new rater, who comes back by the key."""
        rater = self._box.new_rater(" ".join(name.split())[:NAME])
        self._told(f"rater {rater.number} has begun" + (f": {rater.name}" if rater.name else ""))
        return {"rater": rater.key}

    def rater(self, key: str) -> Rater:
        rater = self._box.rater(key)
        if rater is None:
            raise BadRequest("This link belongs to no rater of this comparison. Ask for a new one.")
        return rater

    def next(self, rater: Rater) -> Json:
        """The first duel without a vote, or the end."""
        votes = self._votes(rater)
        left = [key for key in self._tasks(rater) if key not in votes]
        return self._page(rater, left[0] if left else None, votes)

    def back(self, rater: Rater, shown: str) -> Json:
        """The duel that was voted on before the one that is shown."""
        votes = self._votes(rater)
        limit = votes[shown].number if shown in votes else float("inf")
        earlier = [key for key, vote in votes.items() if vote.number < limit]
        if earlier:
            return self._page(rater, earlier[-1], votes)
        return self._page(rater, shown, votes) if shown in votes else self.next(rater)

    def vote(self, rater: Rater, ballot: Ballot) -> Json:
        """Keeps a vote, then shows the next duel."""
        task = self._tasks(rater).get(ballot.task)
        if task is None:
            raise BadRequest("This pair of replies is no longer in the comparison. Reload the page.")
        last = len(self._votes(rater)) == len(self._tasks(rater)) - 1
        self._box.put(_vote(rater, task, ballot), ballot.replaces)
        page = self.next(rater)
        if last and page["task"] is None:
            self._told(f"rater {rater.number} has rated all")
        return page

    # --- What is shown -----------------------------------------------------------------------------

    def _tasks(self, rater: Rater) -> dict[str, Showing]:
        with self._lock:
            if rater.key not in self._lists:
                tasks = tasks_of(rater.key, self._duels)
                self._lists[rater.key] = {task.key(rater.key): task for task in tasks}
            return self._lists[rater.key]

    def _votes(self, rater: Rater) -> dict[str, Vote]:
        """Votes on tasks of the list, in the order in which they were given first."""
        place = {(task.duel, task.again): key for key, task in self._tasks(rater).items()}
        found = self._box.votes(rater.number)
        return {place[vote.duel, vote.again]: vote for vote in found if (vote.duel, vote.again) in place}

    def _page(self, rater: Rater, key: str | None, votes: dict[str, Vote]) -> Json:
        tasks = self._tasks(rater)
        shown = _shown(key, self._duels[tasks[key].duel], tasks[key], votes.get(key)) if key else None
        progress = {"done": len(votes), "total": len(tasks), "more": self._more()}
        return {**progress, "canUndo": bool(votes), "criteria": CRITERIA, "task": shown}


def _shown(key: str, duel: Duel, task: Showing, vote: Vote | None) -> Json:
    replies = [_reply(getattr(duel, side)) for side in (task.left, OTHER[task.left])]
    lines = [{"who": who, "text": text} for who, text in duel.question.lines]
    return {"key": key, "lines": lines, "replies": replies, "vote": _as_sent(vote) if vote else None}


def _reply(candidate: Candidate) -> Json:
    return {"text": candidate.said, "cut": not candidate.ended}


def _as_sent(vote: Vote) -> Json:
    """A vote as the rater sees it: left and right."""
    right = OTHER[vote.left]
    side = {str(vote.left): "left", str(right): "right"}.get(vote.verdict)
    given = {"left": vote.ratings.get(vote.left, {}), "right": vote.ratings.get(right, {})}
    choice = f"{side}{vote.strength}" if side else vote.verdict
    return {"choice": choice, "notes": vote.notes, "number": vote.number, **given}


def _vote(rater: Rater, task: Showing, ballot: Ballot) -> Vote:
    if ballot.choice not in CHOICES:
        raise BadRequest(f"{ballot.choice!r} is no choice")
    if not ballot.attempt:
        raise BadRequest("attempt is missing")
    if len(ballot.notes) > NOTES:
        raise BadRequest(f"Notes may have {NOTES:,} characters.")
    sides: dict[str, Side] = {"left": task.left, "right": OTHER[task.left]}
    side, strength = ballot.choice[:-1], ballot.choice[-1]
    verdict: Any = sides.get(side, ballot.choice)
    ratings = {sides["left"]: _checked(ballot.left), sides["right"]: _checked(ballot.right)}
    return Vote(
        rater=rater.number,
        duel=task.duel,
        again=task.again,
        verdict=verdict,
        strength=int(strength) if side in sides else 0,
        left=task.left,
        ratings={one: given for one, given in ratings.items() if given},
        notes=ballot.notes,
        seconds=round(min(max(ballot.seconds, 0.0), SECONDS), 1),
        attempt=ballot.attempt[:64],
    )


def _checked(ratings: Ratings) -> Ratings:
    for name, value in ratings.items():
        if name not in CRITERIA or not 1 <= value <= 5:
            raise BadRequest(f"{name}: {value} is no rating")
    return ratings
