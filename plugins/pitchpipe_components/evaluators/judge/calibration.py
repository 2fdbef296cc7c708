"""A judge beside people: how far its verdicts agree with votes that raters gave for the same replies."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Any, Literal

import msgspec

import pitchpipe as pp
from pitchpipe_components.evaluators.judge.outcomes import Pair

Replies = tuple[str, str, str]  # the id of a prompt, one reply, the other one
CLASSES = (1.0, 0.0, 0.5)  # the one reply, the other, neither


class VotedReply(msgspec.Struct):
    """One side of a vote."""

    said: str
    model: str = ""


class GivenVote(msgspec.Struct):
    """A line of the file that `pitchpipe compare --export-votes` writes."""

    id: str
    first: VotedReply
    second: VotedReply
    verdict: Literal["first", "second", "tie", "both_bad"]
    rater: str = ""
    again: bool = False  # shown to this rater once more: it says nothing new


def read_votes(file: Path) -> list[GivenVote]:
    """The votes of a file, without repeats."""
    votes = []
    for number, line in enumerate(_lines(file), 1):
        try:
            votes.append(msgspec.json.decode(line, type=GivenVote))
        except msgspec.MsgspecError as error:
            words = "write it by `pitchpipe compare RUN --export-votes FILE`"
            raise pp.PitchpipeError(f"{file}, line {number}: no vote ({error}); {words}") from None
    return [vote for vote in votes if not vote.again]


def _lines(file: Path) -> list[bytes]:
    try:
        return [line for line in file.read_bytes().splitlines() if line.strip()]
    except OSError as error:
        raise pp.PitchpipeError(f"votes: {file}: {error.strerror}") from None


def by_replies(votes: Sequence[GivenVote]) -> dict[Replies, list[float]]:
    """For each question and two replies, what each vote gives the one reply."""
    found = dict[Replies, list[float]]()
    for vote in votes:
        one, other = sorted((vote.first.said.strip(), vote.second.said.strip()))
        value = {"first": 1.0, "second": 0.0}.get(vote.verdict, 0.5)
        turned = one != vote.first.said.strip()
        found.setdefault((vote.id, one, other), []).append(1 - value if turned else value)
    return found


def agreement(judged: Mapping[Pair, Sequence[float]], judge: str) -> dict[str, pp.Score | pp.Measured]:
    """How often the judge says what a vote says, and by how much more than chance would have it."""
    if not judged:
        return {}
    tables = dict[str, Counter[tuple[float, float]]]()
    longest, people = defaultdict[str, list[bool]](list), defaultdict[str, list[bool]](list)
    for pair, votes in judged.items():
        tables.setdefault(pair.id, Counter()).update((pair.result, vote) for vote in votes)
        longest[pair.id] += [vote == pair.longer for vote in votes]
        people[pair.id] += [one == other for one, other in combinations(votes, 2)]
    cells = list(product(CLASSES, CLASSES))
    counts = {id: [table[cell] for cell in cells] for id, table in tables.items()}
    found: dict[str, pp.Score | pp.Measured] = {
        "judge_human_kappa": _kappa(counts, kappa, f"{judge} and people, ties included"),
        "judge_human_kappa_without_ties": _kappa(
            counts, kappa_without_ties, "where both the judge and the rater prefer a reply"
        ),
        "judge_human_agreement": _share(
            {id: [row == column for row, column in table.elements()] for id, table in tables.items()},
            "of the votes, ties included",
        ),
        "longest_human_agreement": _share(longest, "of a judge that always prefers the longer reply"),
    }
    if any(people.values()):
        found["human_human_agreement"] = _share(people, "of two votes for the same replies")
    return found


def kappa(sums: Any) -> Any:
    """Cohen's kappa of sums over a table of classes, the judge's in rows and the votes' in columns."""
    size = round(sums.shape[-1] ** 0.5)
    table = sums.reshape(*sums.shape[:-1], size, size)
    all = sums.sum(-1)
    same = table.trace(axis1=-2, axis2=-1) / all
    chance = (table.sum(-1) * table.sum(-2)).sum(-1) / all**2
    return (same - chance) / (1 - chance)


def kappa_without_ties(sums: Any) -> Any:
    """Over the two classes that are no tie."""
    return kappa(sums[..., [0, 1, 3, 4]])


def _kappa(counts: Mapping[str, Sequence[float]], value: Any, how: str) -> pp.Measured:
    return pp.Measured(counts, value, None, how=how, least=-1.0, most=1.0)


def _share(hits: Mapping[str, Sequence[bool]], how: str) -> pp.Measured:
    items = {id: (float(sum(found)), float(len(found))) for id, found in hits.items() if found}
    return pp.Measured(items, better=None, is_share=True, how=how)
