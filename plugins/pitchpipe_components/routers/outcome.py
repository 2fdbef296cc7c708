"""What is counted as a good answer: a rating by its reader, or what a program can see."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import pitchpipe as pp

KINDS = ("rating", "ended", "json", "matches")
Judge = Callable[[pp.Said], bool]


def judge_of(outcome: str | dict[str, Any]) -> Judge | None:
    """Judges an answer; none where its readers do."""
    name, value = (outcome, None) if isinstance(outcome, str) else next(iter(outcome.items()), ("", None))
    if name not in KINDS or (isinstance(outcome, dict) and len(outcome) > 1):
        raise ValueError(f"outcome: no outcome '{name}'.{pp.suggest(name, KINDS)}")
    if name == "matches":
        return _matching(value)
    if value is not None:
        raise ValueError(f"outcome: {name} takes no value")
    return {"rating": None, "ended": _has_ended, "json": _is_json}[name]


def share(answers: Sequence[pp.Said], judge: Judge) -> float:
    """The share of the answers to one request that are good."""
    return sum(judge(said) for said in answers) / len(answers)


def of_feedback(feedback: pp.Feedback) -> float | None:
    """From 0, bad, to 1. Who writes a better reply says that this one was not good."""
    if feedback.rating is not None:
        return (feedback.rating + 1) / 2
    return 0.0 if feedback.better else None


def _matching(pattern: object) -> Judge:
    if not isinstance(pattern, str):
        raise ValueError("outcome: expected {matches: PATTERN}, a regular expression in quotes")
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"outcome: matches: {pattern!r} is no regular expression: {error}") from None
    return lambda said: bool(found.search(said.text))


def _has_ended(said: pp.Said) -> bool:
    return said.end in ("stop", "tool_calls")


def _is_json(said: pp.Said) -> bool:
    try:
        json.loads(said.text)
    except (ValueError, RecursionError):
        return False
    return True
