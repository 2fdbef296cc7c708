"""Reads what a judge said. What is no clear verdict is none: nothing is guessed.

A reply that follows its schema holds a reason and a verdict, and was checked before it came here. One that
does not may still be clear in words: where its last line is a verdict and nothing else. What a reason quotes,
as "[[A]]" and "[[B]]", is no verdict.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import pitchpipe as pp

_NAMED = re.compile(r"(?:(?:final|my)\s+)?(?:verdict|rating|score)\s*(?:is|[:=])?\s*(\S.*?)\s*\.?", re.I)
_BRACKETS = re.compile(r"\[\[?\s*([^\[\]]*?)\s*\]\]?")
_SIDE = re.compile(r"(?:(?:reply|answer|response|assistant)\s+)?([ab])|(tie)", re.I)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(?:\s*/\s*(\d+))?")
_MARKUP = "*_`#> \t\"'"

Verdict = str | float | None


@dataclass(frozen=True)
class Ruling:
    """A verdict ("A", "B", "tie" or a rating) and its reason. Where the verdict is None, the problem and the
    whole text. `judge` is the model that answered; `key` finds the reply in the record of requests."""

    verdict: Verdict
    reason: str = ""
    text: str = ""
    problem: str = ""
    judge: str = ""
    key: str = ""


def read_side(reply: pp.Reply) -> Ruling:
    """Which of two replies is better."""
    return _read(reply, _side)


def read_rating(reply: pp.Reply, scale: int) -> Ruling:
    """How good a reply is, from 1 to `scale`."""
    return _read(reply, lambda words: _rating(words, scale))


def _read(reply: pp.Reply, meaning: Callable[[str], Verdict]) -> Ruling:
    if reply.end == "stop":
        said = json.loads(reply.text)
        return Ruling(meaning(str(said["verdict"])), said["reason"])
    _, thought, spoken = reply.text.rpartition("</think>")
    if reply.end != "failed" or ("<think>" in reply.text and not thought):
        return Ruling(None)
    *before, last = ["", *(line for line in map(str.strip, spoken.splitlines()) if line)]
    last = last.strip(_MARKUP)
    named = _NAMED.fullmatch(last)
    if named or _BRACKETS.fullmatch(last) or not any(before):
        return Ruling(meaning(named[1] if named else last), "\n".join(before).strip())
    return Ruling(None)


def _side(words: str) -> Verdict:
    found = _SIDE.fullmatch(_bare(words))
    if not found:
        return None
    return found[1].upper() if found[1] else "tie"


def _rating(words: str, scale: int) -> Verdict:
    found = _NUMBER.fullmatch(_bare(words))
    if not found or found[2] not in (None, str(scale)):
        return None
    value = float(found[1])
    return value if 1 <= value <= scale else None


def _bare(words: str) -> str:
    """Without markup, and the brackets in which judges elsewhere put their verdicts."""
    words = words.strip(_MARKUP + ".")
    inside = _BRACKETS.fullmatch(words)
    return inside[1] if inside else words
