"""Votes as files: pairs of preferences to train on, and the votes themselves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from pitchpipe.records.conversation import Json
from pitchpipe.run.atomic import write
from pitchpipe_tools.compare.ballot_box import Rater
from pitchpipe_tools.compare.duels import Candidate, Duel
from pitchpipe_tools.compare.vote import OTHER, Side, Vote

SIGN = {"first": 1, "second": -1}


def write_pairs(file: Path, votes: Iterable[Vote], duels: Mapping[str, Duel]) -> tuple[int, int]:
    """A pair for each duel that the raters, taken together, have decided. How many, and how many others."""
    given = defaultdict[str, list[Vote]](list)
    for vote in votes:
        if vote.points is not None and not vote.again:
            given[vote.duel].append(vote)
    pairs = [pair for key, of in given.items() if (pair := _pair(duels[key], of))]
    _write_lines(file, pairs)
    return len(pairs), len(given) - len(pairs)


def write_votes(file: Path, votes: Iterable[Vote], duels: Mapping[str, Duel], raters: list[Rater]) -> int:
    """Each vote with both replies, in words that do not depend on sides."""
    numbers = {rater.number: f"rater {rater.number}" for rater in raters}
    lines = [_line(vote, duels[vote.duel], numbers[vote.rater]) for vote in votes if vote.points is not None]
    _write_lines(file, lines)
    return len(lines)


def _pair(duel: Duel, votes: list[Vote]) -> Json | None:
    """The margin is the mean of the votes: 2 where all call a reply much better, 0 where they are even."""
    margin = sum(SIGN.get(vote.verdict, 0) * vote.strength for vote in votes) / len(votes)
    if not margin:
        return None
    side: Side = "first" if margin > 0 else "second"
    chosen, rejected = getattr(duel, side), getattr(duel, OTHER[side])
    return {
        "prompt": list(duel.question.messages),
        "chosen": [_reply(chosen)],
        "rejected": [_reply(rejected)],
        "margin": abs(margin),
        "votes": len(votes),
        "model_chosen": chosen.model,
        "model_rejected": rejected.model,
        **({"category": duel.question.category} if duel.question.category else {}),
    }


def _reply(candidate: Candidate) -> Json:
    return {"role": "assistant", "content": candidate.said}


def _line(vote: Vote, duel: Duel, rater: str) -> Json:
    question = duel.question
    sides: Iterator[tuple[Side, Candidate]] = iter((("first", duel.first), ("second", duel.second)))
    return {
        "id": question.id,
        "prompt": question.prompt,
        "category": question.category,
        **{side: {"model": one.model, "said": one.said} for side, one in sides},
        "verdict": vote.verdict,
        "strength": vote.strength,
        "left": vote.left,
        "again": vote.again,
        "rater": rater,
        "ratings": {side: vote.ratings.get(side, {}) for side in OTHER},
        "notes": vote.notes,
        "seconds": vote.seconds,
        "at": vote.at,
    }


def _write_lines(file: Path, rows: list[Json]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write(file, msgspec.json.Encoder().encode_lines(rows))
