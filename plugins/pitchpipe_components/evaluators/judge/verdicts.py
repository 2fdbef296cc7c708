"""Reads what a judge said. What is no clear verdict is none: nothing is guessed."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# A verdict in words is the whole last line: a reason may quote "[[A]]" and "[[B]]".
_NAMED = re.compile(r"(?:(?:final|my)\s+)?(?:verdict|rating|score)\s*(?:is|[:=])?\s*(\S.*?)\s*\.?", re.I)
_BRACKETS = re.compile(r"\[\[?\s*([^\[\]]*?)\s*\]\]?")
_SIDE = re.compile(r"(?:reply\s+|answer\s+|response\s+|assistant\s+)?([ab])|(tie|c)", re.I)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(?:\s*/\s*(\d+))?")
_BEGUN = re.compile(r'\{\s*"(?:reason|verdict)"', re.I)
_IN_DOUBT = re.compile(
    r"\b[AB]\b|(?i:\btie\b|verdict|rating|[{}\d])"
)  # a verdict in doubt, where it follows one
TRIES = 1000  # braces that may open an object; a text of more is no verdict, or would take minutes to read
_MARKUP = "*_`#> \t\"'"


@dataclass(frozen=True)
class Said:
    """A verdict ("A", "B", "tie" or a rating) and its reason. Where the verdict is None, the problem and the
    whole text. `judge` is the model that answered; `key` finds the reply in the record of requests."""

    verdict: str | float | None
    reason: str = ""
    text: str = ""
    problem: str = ""
    judge: str = ""
    key: str = ""


def read_side(text: str) -> Said:
    """Which of two replies is better."""
    return _read(text, _side)


def read_rating(text: str, scale: int) -> Said:
    """How good a reply is, from 1 to `scale`."""
    return _read(text, lambda value: _rating(value, scale))


def _read(text: str, meaning: Callable[[Any], str | float | None]) -> Said:
    """The verdict behind a model's thoughts, or that of the whole text where "</think>" is a quotation."""
    _, mark, spoken = text.rpartition("</think>")
    if not mark:
        return Said(None) if "<think>" in text else _of_text(text, meaning)
    said = _of_text(spoken, meaning)
    return said if said.verdict is not None else _of_text(text, meaning, whole=True)


def _of_text(text: str, meaning: Callable[[Any], str | float | None], whole: bool = False) -> Said:
    verdicts, begun, rest = _objects(text)
    if begun:  # a broken object, so that one inside it may be a quotation
        return Said(None)
    if verdicts:
        ended = not rest.strip("`]) \t\r\n")
        clear = ended or not (whole or len(verdicts) > 1 or _IN_DOUBT.search(rest))
        return Said(meaning(verdicts[-1]["verdict"]) if clear else None, str(verdicts[-1].get("reason", "")))
    return Said(None) if whole else _in_words(text, meaning)


def _in_words(text: str, meaning: Callable[[Any], str | float | None]) -> Said:
    *before, last = ["", *(line for line in map(str.strip, text.splitlines()) if line)]
    last = last.strip(_MARKUP)
    named = _NAMED.fullmatch(last)
    if named or _BRACKETS.fullmatch(last) or not any(before):
        return Said(meaning(named[1] if named else last), "\n".join(before).strip())
    return Said(None)


def _objects(text: str) -> tuple[list[dict[str, Any]], bool, str]:
    """The objects with a verdict in a text; whether another began and is broken; the text behind the last."""
    decoder = json.JSONDecoder(object_pairs_hook=_once, strict=False)
    found, begun, rest, end = list[dict[str, Any]](), False, text, 0
    for _ in range(TRIES):
        at = text.find("{", end)
        if at < 0:
            return found, begun, rest
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            begun, end = begun or bool(_BEGUN.match(text, at)), at + 1
        else:
            if "verdict" in value:
                found.append(value)
                rest = text[end:]
    return [], True, ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object by lower-case keys. One that says a key twice has no meaning."""
    found = {key.casefold(): value for key, value in pairs}
    if len(found) < len(pairs):
        raise ValueError("a key comes twice")
    return found


def _side(value: Any) -> str | None:
    found = _SIDE.fullmatch(_bare(value)) if isinstance(value, str) else None
    if not found:
        return None
    return found[1].upper() if found[1] else "tie"


def _rating(value: Any, scale: int) -> float | None:
    if isinstance(value, str):
        found = _NUMBER.fullmatch(_bare(value))
        value = float(found[1]) if found and found[2] in (None, str(scale)) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 1 <= value <= scale else None


def _bare(value: str) -> str:
    """Without markup, and the brackets in which judges elsewhere put their verdicts."""
    value = value.strip(_MARKUP + ".")
    inside = _BRACKETS.fullmatch(value)
    return inside[1] if inside else value
