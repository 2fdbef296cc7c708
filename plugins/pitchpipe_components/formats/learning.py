"""Marks of a turn, which say whether it is learned; and what is told of a turn's other keys."""

from collections.abc import Iterable
from typing import Any

from pitchpipe_components.text.weights import is_missing, weight_of

# OpenAI writes weight, axolotl train and training, Swift loss and loss_scale, Tinker trainable.
LEARNED = (
    "weight", "train", "learn", "loss", "loss_weight", "loss_scale", "loss_mask", "training", "trainable"
)  # fmt: skip
# True takes a turn out of the loss, as in torchtune; false says nothing.
HIDDEN = ("masked", "mask", "ignore", "ignore_loss", "disable_loss")
MARKS = frozenset((*LEARNED, *HIDDEN))
DOUBTFUL = "mask"  # some mean by it what is learned
PARTS = "content_parts"  # what else the parts of a content hold
# Keys that published data sets have beside the words, and that say nothing of learning.
DESCRIBING = frozenset((
    "id", "message_id", "conversation_id", "message_tree_id", "thread_id", "openai_id", "parent_id",
    "user_id", "text_id", "turn_id", "turn_identifier", "tree_id", "tree_state", "index", "turn",
    "timestamp", "created_date", "created_at", "created", "create_time", "update_time", "date", "time",
    "lang", "language", "country", "state", "header", "hashed_ip", "toxic", "redacted", "detoxify",
    "model", "model_name", "system_fingerprint", "temperature", "top_p", "usage", "num_tokens",
    "token_counter", "synthetic", "logprob", "rank", "labels", "emojis",
    "deleted", "review_count", "review_result",
))  # fmt: skip
WEIGHT, NO_WEIGHT = "weight read as learned", "weight read as not learned"
DISAGREE, MASK = "marks of a turn disagree and it is not learned", "mask read as not learned"
UNREAD = "keys of turns not read"
_LONGEST = 40  # the most characters of a key or a value in a note


def has_mark(value: Any) -> bool:
    return isinstance(value, dict) and not MARKS.isdisjoint(value)


def taken(rest: dict[str, Any]) -> Any:
    """Takes the marks out of a turn's other keys, and returns what they say.

    Marks that training cannot follow exactly stay there, so that `notes_on` tells them. A mark that nobody
    can read is returned as it is: repair refuses it.
    """
    if MARKS.isdisjoint(rest):
        return None
    said = {}
    for key in [key for key in rest if key in MARKS]:
        weight = weight_of(rest[key])
        if is_missing(rest[key]):
            del rest[key]
        elif weight is None or (key in HIDDEN and type(weight) is not bool):
            value = rest.pop(key)
            return {key: value} if key in HIDDEN else value
        else:
            said[key] = weight
    learns = _learns(said)
    if len(learns) < 2:
        for key in said:
            if type(said[key]) is bool and not (key == DOUBTFUL and said[key]):
                del rest[key]
    return all(learns) if learns else None


def _learns(said: dict[str, Any]) -> set[bool]:
    """What readable marks say: whether a turn is learned. Not to be hidden is what every turn is."""
    learns = {weight > 0 for key, weight in said.items() if key in LEARNED}
    return learns | {False for key in HIDDEN if said.get(key)}


# --- What is told -------------------------------------------------------------------------------


def notes_on(rests: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Notes on what could not be followed exactly or read at all, for all turns of a conversation."""
    told: dict[str, dict[str, None]] = {}
    for rest in filter(None, rests):
        for words, detail in [entry for one in (rest, *_parts(rest)) for entry in _found(one)]:
            told.setdefault(words, {})[detail] = None
    return tuple(f"{words}: {', '.join(details)}" for words, details in told.items())


def _parts(rest: dict[str, Any]) -> list[dict[str, Any]]:
    parts = rest.get(PARTS)
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _found(rest: dict[str, Any]) -> list[tuple[str, str]]:
    others = [(UNREAD, _shown(key)) for key, value in rest.items() if _is_unread(key, value)]
    if MARKS.isdisjoint(rest):
        return others
    weights = {key: weight_of(value) for key, value in rest.items() if key in MARKS}
    said = {key: weight for key, weight in weights.items() if weight is not None}
    marks = [(_words(key, weight), f"{key} {_shown(rest[key])}") for key, weight in said.items()]
    if len(_learns(said)) == 2:
        marks = [(DISAGREE, detail) for _, detail in marks]
    return marks + others


def _words(key: str, weight: Any) -> str:
    if key == DOUBTFUL:
        return MASK
    return WEIGHT if weight > 0 else NO_WEIGHT


def _is_unread(key: str, value: Any) -> bool:
    if key in DESCRIBING or key in MARKS or value in ("", [], {}):
        return False
    return key != PARTS or not isinstance(value, list)


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
