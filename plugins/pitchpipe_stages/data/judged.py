"""Columns that judge replies: a row whose label, rating or feedback says "bad" is not learned.

Only what is clear decides: a truth value, a word such as "bad", or -1 beside 1. Where replies follow from the
label, as classes do, the label is the task and judges nothing. What may mean either is told, with the line
that decides it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from pitchpipe.records.conversation import Conversation, Json
from pitchpipe_stages.data.unread import MANY

Sample = Iterable[tuple[Json, Conversation]]  # rows, and what they became

# What the last word of a column's name judges by, and the words that may stand before it.
SWITCHES = frozenset((
    "good", "correct", "desirable", "desired", "acceptable", "approved", "helpful", "preferred", "chosen",
    "valid", "passed", "success", "successful", "keep", "up", "tag",
))  # fmt: skip
REVERSED = frozenset((
    "bad", "rejected", "undesirable", "undesired", "disliked", "downvoted", "wrong", "incorrect",
    "unacceptable", "unhelpful", "down",
))  # fmt: skip
GRADES = frozenset((
    "label", "rating", "score", "reward", "quality", "feedback", "vote", "preference", "thumbs", "thumb",
))  # fmt: skip
BEFORE = frozenset((
    "is", "was", "user", "human", "annotator", "rater", "reply", "response", "answer", "completion", "output",
    "assistant", "model", "kto", "overall", "final", "thumbs", "thumb", "quality", "reward", "preference",
    "vote", "feedback",
))  # fmt: skip
WORDS = frozenset((
    "bad", "very_bad", "poor", "very_poor", "terrible", "rejected", "reject", "undesirable", "undesired",
    "unacceptable", "dislike", "disliked", "downvote", "downvoted", "thumbs_down", "thumb_down", "unhelpful",
    "not_helpful", "low_quality", "\U0001f44e",
))  # fmt: skip
GOOD = frozenset((
    "good", "very_good", "great", "excellent", "accepted", "accept", "desirable", "desired", "acceptable",
    "like", "liked", "upvote", "upvoted", "thumbs_up", "thumb_up", "helpful", "approved", "preferred",
    "chosen", "\U0001f44d",
))  # fmt: skip
MASKS = frozenset(("loss_weight", "loss_scale", "loss_mask", "trainable", "learn"))  # 0: not to be learned
UNLIKE_LABELS = frozenset((  # classes, as labels
    "negative", "down", "low", "wrong", "incorrect", "false", "fail", "failed",
))  # fmt: skip
GOOD_UNLIKE_LABELS = frozenset(("positive", "up", "high", "right", "correct", "true", "pass", "passed"))
KINDS = (
    dict.fromkeys(SWITCHES, "switch") | dict.fromkeys(REVERSED, "reversed") | dict.fromkeys(GRADES, "grade")
)
TASKS = frozenset(("choices", "options", "premise", "hypothesis"))  # columns beside which a label is a task's
ENOUGH, ALIKE = 6, 3  # so many rows show whether replies are classes: each comes so often, on average


class Judged(Struct):
    """What the first rows of a source say of columns that judge."""

    passed_over: list[str] = field(
        default_factory=list
    )  # columns that are the task, or that the recipe keeps
    signs: list[str] = field(default_factory=list)  # columns of 1 and -1
    switches: list[str] = field(default_factory=list)  # columns of 1 and 0
    doubts: list[str] = field(default_factory=list)  # sentences for a person


def bad(row: Json, conversation: Conversation, judged: Judged) -> str:
    """The column, of those that nobody reads, that says that the reply is undesired."""
    columns = [column for column in conversation.meta if kind_of(column) and column in row]
    if not columns or conversation.rejected or conversation.meta.get("plain") is True:
        return ""
    for column in columns:
        value, kind = conversation.meta[column], kind_of(column)
        if column not in judged.passed_over and is_bad(kind, column, value, column in judged.signs):
            return column
    return ""


def judgement(row: Json, conversation: Conversation, judged: Judged) -> bool | None:
    """Whether the columns that nobody reads call the reply good; None where none of them says it plainly.

    Unlike `bad`, it takes 1 and 0 for a judgement: its caller knows that replies are judged.
    """
    found = set[bool]()
    for column in conversation.meta:
        kind = kind_of(column)
        if not kind or kind == "mask" or column not in row or column in judged.passed_over:
            continue
        value, signed = conversation.meta[column], column in judged.signs
        if column in judged.switches and value in (0, 1):
            value = bool(value)
        if is_bad(kind, column, value, signed):
            return False
        if is_good(kind, column, value) or (signed and value == 1):
            found.add(True)
    return True if found else None


@lru_cache(MANY)
def kind_of(column: Any) -> str:
    """How a column judges, by its name: "switch", "reversed", "grade", "mask", or not at all."""
    if _name(column) in MASKS:
        return "mask"
    words = _name(column).split("_")
    last, before = words[-1], words[:-1]
    if not BEFORE.issuperset(before) or (last in ("up", "down") and "thumb" not in "".join(before)):
        return ""
    if last == "tag":
        return "switch" if "kto" in before else ""
    return KINDS.get(last, "")


def is_bad(kind: str, column: Any, value: Any, signed: bool) -> bool:
    """Does a value say plainly that the reply is undesired?"""
    if isinstance(value, bool):
        return value is (kind == "reversed")
    if isinstance(value, int | float):
        return value == 0 if kind == "mask" else signed and value == -1
    if not isinstance(value, str):
        return False
    word = _name(value) or value.strip()
    if kind == "reversed":
        return word == "true"
    label = kind == "grade" and _name(column).endswith("label")
    return word in WORDS or (word in UNLIKE_LABELS and not label)


def is_good(kind: str, column: Any, value: Any) -> bool:
    """Does a value say plainly that the reply is desired?"""
    if isinstance(value, bool):
        return value is (kind != "reversed")
    if not isinstance(value, str):
        return False
    word = _name(value) or value.strip()
    if kind == "reversed":
        return word == "false"
    label = kind == "grade" and _name(column).endswith("label")
    return word in GOOD or (word in GOOD_UNLIKE_LABELS and not label)


def look(sample: Sample) -> Judged:
    """What the first rows of a source show."""
    found = Judged()
    values = defaultdict[Any, list[tuple[Any, str]]](list)
    for row, conversation in sample:
        if conversation.rejected or conversation.meta.get("plain") is True:
            continue
        reply = next((str(m.content) for m in reversed(conversation.messages)), "")
        for column in filter(kind_of, conversation.meta):
            if conversation.meta[column] is not None and not TASKS & row.keys():
                values[column].append((conversation.meta[column], reply))
        if TASKS & row.keys():
            found.passed_over += filter(kind_of, row)
        if "thumbs_down" in row:  # no thumb at all is no judgement
            found.passed_over.append("thumbs_up")
    for column, pairs in values.items():
        if kind_of(column) == "mask":
            continue
        if _is_class(pairs):
            found.passed_over.append(column)
            continue
        numbers = [v for v, _ in pairs if isinstance(v, int | float) and not isinstance(v, bool)]
        if {-1, 1} <= set(numbers) <= {-1, 0, 1}:
            found.signs.append(column)
        elif len(numbers) == len(pairs) and set(numbers) <= {0, 1}:
            found.switches.append(column)
            found.doubts += _doubts(column, numbers)
        elif len(numbers) == len(pairs):
            found.doubts += _doubts(column, numbers)
        else:
            found.doubts += _word_doubts(column, [value for value, _ in pairs])
    found.passed_over = list(dict.fromkeys(found.passed_over))
    return found


def _is_class(pairs: Sequence[tuple[Any, str]]) -> bool:
    """Are the replies a few words that come again and again, or do they say the label itself?"""
    if len(pairs) >= ENOUGH and ALIKE * len({reply for _, reply in pairs}) <= len(pairs):
        return True
    said = [(_name(v), _name(reply)) for v, reply in pairs if isinstance(v, str) and _name(v)]
    return len(said) >= ALIKE and 2 * sum(value in reply for value, reply in said) > len(said)


def _doubts(column: str, numbers: Sequence[float]) -> Iterator[str]:
    low, high = min(numbers), max(numbers)
    kind = kind_of(column)
    if low == high or (_name(column).endswith("label") and not set(numbers) <= {0, 1}):
        return
    if set(numbers) <= {0, 1}:
        wrong = 1 if kind == "reversed" else 0
        share = sum(number == wrong for number in numbers)
        yield (
            f"'{column}' may judge the replies: it is {wrong} in {share} of the first {len(numbers)} rows. If"
            f" those are bad, write `undesired: {{{column}: {wrong}}}` at the source, else `undesired: keep`"
        )
    elif kind == "grade":
        middle = 0 if low < 0 < high else (low + high) / 2
        yield (
            f"'{column}' may grade the replies, from {low:g} to {high:g} in the first rows. The filter"
            f" `threshold: {{of: {column}, min_value: {middle:g}}}` leaves out the low ones;"
            " `undesired: keep` at the source says that all are wanted"
        )


def _word_doubts(column: str, values: Sequence[Any]) -> Iterator[str]:
    words = {_name(value): value for value in values if isinstance(value, str)}
    if unclear := [
        value for word, value in words.items() if word in UNLIKE_LABELS and "label" in _name(column)
    ]:
        yield (
            f"'{column}' says {unclear[0]!r} of some rows. If their replies are bad, write"
            f" `undesired: {{{column}: {unclear[0]}}}` at the source; if it does not judge, `undesired: keep`"
        )


def _name(text: Any) -> str:
    """A name in lower case, its words joined: isGood, "Is good" and is-good are is_good."""
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", str(text)[:80])
    return re.sub(r"[\W_]+", "_", apart).strip("_").lower()
