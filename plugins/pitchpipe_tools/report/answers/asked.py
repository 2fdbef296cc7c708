"""What both models were asked and said, from a run's files: held-out prompts, and evaluators' own items."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from msgspec import Struct

from pitchpipe.host.scoring import Item
from pitchpipe_stages.evaluate.held_out import HeldOut
from pitchpipe_stages.evaluate.measures import Measure, read_measures

Line = TypeVar("Line", bound=Struct)
MODELS = ("base", "tuned")
HELD_OUT = "held-out conversations"


@dataclass
class Said:
    """What one model said, and whether it ended that by itself, where that is known."""

    text: str
    ended: bool | None = None


class Verdict(Struct):
    """A line of judged-base.jsonl or judged-tuned.jsonl: what a judge said of one reply, or of two that it
    knew as A and B."""

    id: str
    a: str = msgspec.field(name="A", default="")
    b: str = msgspec.field(name="B", default="")
    verdict: str | float | None = None
    reason: str = ""
    problem: str = ""


@dataclass
class Asked:
    """A question, what was expected, what each model said, and each score of that alone, by model."""

    id: str
    set: str  # held-out conversations, or the label of the evaluator that brought it
    group: str
    prompt: str
    expected: str
    said: dict[str, Said] = field(default_factory=dict)
    before: list[tuple[str, str]] = field(default_factory=list)  # roles and words of the turns before
    scores: dict[str, dict[str, float]] = field(default_factory=dict)  # by score, by model
    verdicts: list[tuple[str, Verdict]] = field(default_factory=list)  # of judges, with the model judged


class _Line(Struct):
    """A line of answers-base.jsonl or answers-tuned.jsonl."""

    id: str
    prompt: str
    expected: str
    said: str
    ended: bool | None = None
    scores: dict[str, float | None] = msgspec.field(default_factory=dict)


def read_asked(run: Path) -> list[Asked]:
    """All questions with answers, the held-out ones first."""
    found: dict[tuple[str, str], Asked] = {}
    for model in MODELS:
        for line in _lines(run / f"answers-{model}.jsonl", _Line):
            one = Asked(line.id, HELD_OUT, "", line.prompt, line.expected)
            one = found.setdefault((HELD_OUT, line.id), one)
            one.said[model] = Said(line.said, line.ended)
            _score(one, model, line.scores)
    for model in MODELS:
        for verdict in _lines(run / f"judged-{model}.jsonl", Verdict):
            if judged := found.get((HELD_OUT, verdict.id)):
                judged.verdicts.append((model, verdict))
        for measure in read_measures(run / f"measured-{model}.jsonl").values():
            _add_own(found, model, measure)
    _add_conversations(found, run)
    return list(found.values())


def _add_conversations(found: dict[tuple[str, str], Asked], run: Path) -> None:
    """Of the held-out questions their categories, and what was said before them."""
    if not (run / "prepared" / "test.jsonl").exists():
        return
    for conversation in HeldOut(run).conversations():
        if one := found.get((HELD_OUT, conversation.id)):
            one.group = conversation.category
            before = conversation.messages[: max((conversation.last_reply() or 0) - 1, 0)]
            one.before = [(message.role, message.content) for message in before]


def _add_own(found: dict[tuple[str, str], Asked], model: str, measure: Measure) -> None:
    values = _values(measure) if measure.own else {}
    for id, item in measure.own.items():
        one = found.setdefault((measure.evaluator, id), _own(id, measure.evaluator, item))
        if item.said:
            one.said.setdefault(model, Said(item.said))
        if id in values:
            _score(one, model, {measure.name: values[id]})


def _own(id: str, evaluator: str, item: Item) -> Asked:
    return Asked(id, evaluator, item.group, item.words, item.expected)


def _values(measure: Measure) -> dict[str, float]:
    """What a score is over each of its items alone."""
    measured = measure.measured
    if measured is None or not measured.items:
        return {}
    with np.errstate(all="ignore"):
        values = measured.value(np.array(list(measured.items.values()), np.float64))
    return dict(zip(measured.items, map(float, values), strict=True))


def _score(one: Asked, model: str, scores: Mapping[str, float | None]) -> None:
    for name, value in scores.items():
        if value is not None and isfinite(value):
            one.scores.setdefault(name, {})[model] = value


def _lines(file: Path, kind: type[Line]) -> Iterator[Line]:
    if file.exists():
        with open(file, "rb") as lines:
            yield from map(msgspec.json.Decoder(kind).decode, lines)
