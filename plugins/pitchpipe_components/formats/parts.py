"""Reads turns that are learned only in part: lists of parts with weights, or offsets as in axolotl."""

from typing import Any

from pitchpipe import MarkedWords
from pitchpipe_components.formats.assemble import Rest, first

LEARN = ("weight", "train", "learn", "loss")
DETAIL = "train_detail"


def marked(content: Any, learn: Any, rest: Rest) -> tuple[Any, Any]:
    """Returns a turn's content and which of it is learned; parts that cannot be read stay as they are."""
    if isinstance(content, list) and any(isinstance(part, dict) and first(part, LEARN) for part in content):
        parts = [known for part in content if (known := _part(part, learn))]
        if len(parts) == len(content):
            return "".join(text for text, _ in parts), _simple(tuple(parts))
    if isinstance(content, str) and learn is not False and isinstance(rest.get(DETAIL), list):
        spans = [span for detail in rest[DETAIL] if (span := _span(detail, len(content)))]
        if spans and len(spans) == len(rest[DETAIL]):
            del rest[DETAIL]
            return content, _simple(_cut(content, spans))
    return content, learn


def switch(value: Any) -> Any:
    """Turns 0 and 1 into false and true; anything else stays as it is."""
    return bool(value) if isinstance(value, int | float) and value in (0, 1) else value


def _part(part: Any, learn: Any) -> tuple[str, bool] | None:
    """Reads {"type": "text", "text": "Hi", "weight": 0}; without a weight, the turn's own rule holds."""
    if not isinstance(part, dict) or part.get("type", "text") != "text":
        return None
    if not isinstance(part.get("text"), str):
        return None
    weight = switch(part[key]) if (key := first(part, LEARN)) else learn is not False
    return (part["text"], weight) if isinstance(weight, bool) else None


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
