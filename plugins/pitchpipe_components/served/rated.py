"""Answers of a journal together with what clients said of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

import pitchpipe as pp
from pitchpipe_components.served.lines import FeedbackLine, whole_lines

Answered = tuple[str, int]  # the id of a request, and which of its answers
_JSON = msgspec.json.Decoder(dict[str, Any])


@dataclass
class RatedAnswer:
    """An answer that has feedback, and the line where it stands."""

    data: dict[str, Any]
    file: str
    line: int
    feedback: FeedbackLine
    good: bool | None  # none: neither good nor bad
    worse: "RatedAnswer | None" = None  # another answer to the same prompt, which was rated badly

    @property
    def message(self) -> Any:
        """What was answered; nothing where the line does not hold it."""
        answers, index = self.data.get("answers"), self.feedback.index
        found = answers[index] if isinstance(answers, list) and index < len(answers) else None
        return found.get("message") if isinstance(found, dict) else None

    def row(self) -> pp.Row:
        said = {"rating": self.feedback.rating, "better": self.feedback.better, "index": self.feedback.index}
        data = self.data | {
            "feedback": {name: value for name, value in said.items() if value not in (None, "")}
        }
        if self.good is not None:
            data["label"] = self.good
        if self.worse:
            data["worse"] = self.worse.message
        return pp.Row(data, self.file, self.line, stands_for=1 + bool(self.worse))


def feedback_in(paths: Iterable[Path]) -> dict[Answered, FeedbackLine]:
    """What was said last of each answer."""
    said, decode = dict[Answered, FeedbackLine](), msgspec.json.Decoder(FeedbackLine).decode
    for path in paths:
        for _, line in whole_lines(path):
            if b'"feedback"' not in line or line.startswith(b'{"id":"'):
                continue
            try:
                one = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # it is no feedback, or is told as a line that cannot be read
            known = said.get(key := (one.feedback, one.index))
            if not known or known.at <= one.at:
                said[key] = one
    return said


def rated_in(
    paths: Iterable[Path], said: dict[Answered, FeedbackLine], good_above: float, bad_below: float
) -> Iterator[RatedAnswer | pp.Row]:
    """Answers that something was said of, and lines that cannot be read. Each answer comes once."""
    indices, left = defaultdict[str, list[int]](list), dict(said)
    for id, index in said:
        indices[id].append(index)
    for path in paths:
        for number, line in whole_lines(path):
            try:
                data = _JSON.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                yield pp.Row(line.decode(errors="replace").rstrip(), str(path), number, str(error))
                continue
            for index in indices.get(str(data.get("id")), ()):
                if feedback := left.pop((data["id"], index), None):
                    good = _is_good(feedback, good_above, bad_below)
                    yield RatedAnswer(data, str(path), number, feedback, good)


def paired(rated: Sequence[RatedAnswer]) -> list[RatedAnswer]:
    """With two answers to the same prompt, a good one and a bad one, as one pair; in their order."""
    groups = defaultdict[bytes, list[RatedAnswer]](list)
    for one in rated:
        if not one.feedback.better and one.good is not None and one.message:
            groups[_asked(one.data)].append(one)
    taken = set[int]()
    for group in groups.values():
        best = sorted((one for one in group if one.good), key=_rating, reverse=True)
        worst = sorted((one for one in group if not one.good), key=_rating)
        for good, bad in zip(best, worst, strict=False):
            good.worse = bad
            taken.add(id(bad))
    return [one for one in rated if id(one) not in taken]


def _rating(one: RatedAnswer) -> float:
    return one.feedback.rating or 0


def _is_good(said: FeedbackLine, good_above: float, bad_below: float) -> bool | None:
    if said.better:
        return True
    if said.rating is None:
        return None
    return True if said.rating > good_above else False if said.rating < bad_below else None


def _asked(data: dict[str, Any]) -> bytes:
    return msgspec.json.encode([data.get("messages"), data.get("tools")], order="deterministic")
