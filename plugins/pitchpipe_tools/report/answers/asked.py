"""What both models were asked and said, from a run's files: held-out prompts, and evaluators' own items."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from pitchpipe.host.scoring import Item
from pitchpipe_stages.evaluate.held_out import HeldOut
from pitchpipe_stages.evaluate.measures import Measure, of_each_item, read_measures

Line = TypeVar("Line", bound=Struct)
MODELS = ("base", "tuned")
HELD_OUT = "held-out conversations"


@dataclass
class ModelAnswer:
    """What one model said, and whether it ended that by itself, where that is known."""

    text: str
    ended: bool | None = None


class JudgedAnswer(Struct):
    """A line of judged-base.jsonl or judged-tuned.jsonl: what a judge said of one reply, or of two that it
    knew as A and B."""

    id: str
    a: str = msgspec.field(name="A", default="")
    b: str = msgspec.field(name="B", default="")
    verdict: str | float | None = None
    reason: str = ""
    problem: str = ""


@dataclass
class AskedBoth:
    """A question, what was expected, what each model said, and each score of that alone, by model."""

    id: str
    set: str  # held-out conversations, or the label of the evaluator that brought it
    group: str
    prompt: str
    expected: str
    said: dict[str, ModelAnswer] = field(default_factory=dict)
    before: list[tuple[str, str]] = field(default_factory=list)  # roles and words of the turns before
    scores: dict[str, dict[str, float]] = field(default_factory=dict)  # by score, by model
    verdicts: list[tuple[str, JudgedAnswer]] = field(default_factory=list)  # of judges, with the model judged


class _AnswerLine(Struct):
    """A line of answers-base.jsonl or answers-tuned.jsonl."""

    id: str
    prompt: str
    expected: str
    said: str
    ended: bool | None = None
    scores: dict[str, float | None] = msgspec.field(default_factory=dict)


def read_asked(run: Path) -> list[AskedBoth]:
    """All questions with answers, the held-out ones first."""
    found: dict[tuple[str, str], AskedBoth] = {}
    for model in MODELS:
        for line in _lines(run / f"answers-{model}.jsonl", _AnswerLine):
            one = AskedBoth(line.id, HELD_OUT, "", line.prompt, line.expected)
            one = found.setdefault((HELD_OUT, line.id), one)
            one.said[model] = ModelAnswer(line.said, line.ended)
            _score(one, model, line.scores)
    for model in MODELS:
        for verdict in _lines(run / f"judged-{model}.jsonl", JudgedAnswer):
            if judged := found.get((HELD_OUT, verdict.id)):
                judged.verdicts.append((model, verdict))
        for measure in read_measures(run / f"measured-{model}.jsonl").values():
            _add_own(found, model, measure)
    _add_conversations(found, run)
    return list(found.values())


def _add_conversations(found: dict[tuple[str, str], AskedBoth], run: Path) -> None:
    """Of the held-out questions their categories, and what was said before them."""
    if not found or not (run / "prepared" / "test.jsonl").exists():
        return
    for conversation in HeldOut(run).conversations():
        if one := found.get((HELD_OUT, conversation.id)):
            one.group = conversation.category
            before = conversation.messages[: max((conversation.last_reply() or 0) - 1, 0)]
            one.before = [(message.role, message.content) for message in before]


def _add_own(found: dict[tuple[str, str], AskedBoth], model: str, measure: Measure) -> None:
    values = of_each_item([measure]) if measure.own else {}
    for id, item in measure.own.items():
        one = found.setdefault((measure.evaluator, id), _own(id, measure.evaluator, item))
        if item.said:
            one.said.setdefault(model, ModelAnswer(item.said))
        _score(one, model, values.get(id, {}))


def _own(id: str, evaluator: str, item: Item) -> AskedBoth:
    return AskedBoth(id, evaluator, item.group, item.words, item.expected)


def _score(one: AskedBoth, model: str, scores: Mapping[str, float | None]) -> None:
    for name, value in scores.items():
        if value is not None and isfinite(value):
            one.scores.setdefault(name, {})[model] = value


def _lines(file: Path, kind: type[Line]) -> Iterator[Line]:
    if file.exists():
        with open(file, "rb") as lines:
            yield from map(msgspec.json.Decoder(kind).decode, lines)
