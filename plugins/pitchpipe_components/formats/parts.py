"""Reads turns that are learned only in part: lists of parts with weights, or offsets as in axolotl."""

from typing import Any

from pitchpipe import MarkedWords
from pitchpipe_components.formats.assemble import Rest
from pitchpipe_components.formats.learning import PARTS, has_mark, taken

DETAIL = "train_detail"


def marked(content: Any, learn: Any, rest: Rest) -> tuple[Any, Any]:
    """Returns a turn's content and which of it is learned; parts that cannot be read stay as they are."""
    parts = [content] if isinstance(content, dict) else content
    if isinstance(parts, list) and any(map(has_mark, parts)) and all(map(_is_text, parts)):
        return _weighted(parts, learn, rest)
    if isinstance(content, str) and isinstance(rest.get(DETAIL), list):
        spans = [span for detail in rest[DETAIL] if (span := _span(detail, len(content)))]
        if spans and len(spans) == len(rest[DETAIL]):
            del rest[DETAIL]
            return content, learn if learn is False else _simple(_cut(content, spans))
    return content, learn


def _is_text(part: Any) -> bool:
    """Whether a part is text: "Hi", or {"type": "text", "text": "Hi", "weight": 0}."""
    if not isinstance(part, dict):
        return isinstance(part, str)
    kind = part.get("type")
    return isinstance(part.get("text"), str) and (kind is None or (isinstance(kind, str) and "text" in kind))


def _weighted(parts: list[Any], learn: Any, rest: Rest) -> tuple[str, Any]:
    """Joins parts. Without a mark of its own, the turn's rule holds for a part."""
    words, others = [], []
    for part in parts:
        part = {"text": part} if isinstance(part, str) else part
        known = ("type", "text")
        other = {key: value for key, value in part.items() if key not in known and value is not None}
        said = taken(other)
        said = learn is not False if said is None else said
        if not isinstance(said, bool):
            learn = said  # a mark that nobody can read: repair refuses it
        words.append((part["text"], said))
        others.append(other)
    if any(others):
        rest[PARTS] = others
    text = "".join(text for text, _ in words)
    return text, _simple(tuple(words)) if all(isinstance(said, bool) for _, said in words) else learn


def _span(detail: Any, length: int) -> tuple[int, int, bool] | None:
    """Reads {"begin_offset": 0, "end_offset": 4, "train": false}; the end offset is inclusive."""
    if not isinstance(detail, dict):
        return None
    start, end, learn = (detail.get(key) for key in ("begin_offset", "end_offset", "train"))
    if type(start) is not int or type(end) is not int or type(learn) is not bool:
        return None
    return (start, end + 1, learn) if 0 <= start <= end < length else None


def _cut(content: str, spans: list[tuple[int, int, bool]]) -> MarkedWords:
    """Cuts the content into parts. Text outside all spans is learned; if spans overlap, the last counts."""
    learned = [True] * len(content)
    for start, end, learn in spans:
        learned[start:end] = [learn] * (end - start)
    bounds = [at for at in range(1, len(content)) if learned[at] != learned[at - 1]]
    starts = [0, *bounds]
    return tuple(
        (content[start:end], learned[start])
        for start, end in zip(starts, [*bounds, len(content)], strict=True)
    )


def _simple(parts: MarkedWords) -> MarkedWords | bool:
    """Replaces parts that all agree by one bool."""
    kinds = {learn for _, learn in parts}
    return kinds.pop() if len(kinds) == 1 else parts
