"""What guard models say, in each of their forms: whether a message is safe, and of which categories it is."""

import json
import re
from dataclasses import dataclass

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_LABEL = re.compile(r"^\s*Safety: *(Safe|Unsafe|Controversial)\b", re.MULTILINE | re.IGNORECASE)  # Qwen3Guard
_LABELLED = re.compile(r"^\s*Categor(?:y|ies): *([^\n]+)", re.MULTILINE | re.IGNORECASE)
_SCORE = re.compile(r"<score>\s*(yes|no)\s*</score>", re.IGNORECASE)  # Granite Guardian from 3.3 on
_WORD = re.compile(r"\W*(safe|unsafe|yes|no)\b", re.IGNORECASE)  # Llama Guard; ShieldGemma, Granite Guardian
_SAFE = {"safe": True, "no": True, "unsafe": False, "yes": False}  # yes: a policy is violated


@dataclass(frozen=True)
class GuardVerdict:
    """`categories` are as the model calls them, where it names some."""

    safe: bool
    categories: tuple[str, ...] = ()


def verdict_in(reply: str) -> GuardVerdict | None:
    """The verdict of a reply; none where it says something else."""
    text = _THOUGHT.sub("", reply).strip()
    if label := _LABEL.search(text):
        return _labelled(label[1].lower(), text)
    if score := _SCORE.search(text):
        return GuardVerdict(_SAFE[score[1].lower()])
    if text.startswith("{"):
        return _in_json(text)
    word = _WORD.match(text)
    if not word:
        return None
    safe, lines = _SAFE[word[1].lower()], text.splitlines()
    named = word[1].lower() == "unsafe" and len(lines) > 1
    return GuardVerdict(safe, _names(lines[1]) if named else ())


def _labelled(label: str, text: str) -> GuardVerdict:
    """What is controversial is a category of its own, so that a recipe may ignore it."""
    if label == "controversial":
        return GuardVerdict(False, ("Controversial",))
    found = _LABELLED.search(text)
    return GuardVerdict(label == "safe", _names(found[1]) if found and label == "unsafe" else ())


def _in_json(text: str) -> GuardVerdict | None:
    """{"score": "yes"}"""
    try:
        score = json.loads(text)["score"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    known = isinstance(score, str) and score.lower() in _SAFE
    return GuardVerdict(_SAFE[score.lower()]) if known else None


def _names(line: str) -> tuple[str, ...]:
    names = (name.strip() for name in line.split(","))
    return tuple(name for name in names if name and name.lower() != "none")
