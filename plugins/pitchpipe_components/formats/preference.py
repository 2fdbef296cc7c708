"""Reads preferences: a chosen and a rejected reply, as texts or as lists of messages."""

from os.path import commonprefix
from typing import Any

from pitchpipe import Drop, drop
from pitchpipe_components.formats.assemble import Result
from pitchpipe_components.formats.marked import is_marked
from pitchpipe_components.formats.preferred import preferred
from pitchpipe_components.formats.turns import Spoken, is_turn, read, said

SIDES = ("chosen", "rejected")


class Preference:
    """{"prompt": "2+2?", "chosen": "4", "rejected": "5"}

    Each value is text or a list of messages. Without a prompt, the common beginning of both is the prompt.
    """

    def matches(self, row: dict[str, Any]) -> int:
        sides = [row.get(name) for name in SIDES]
        texts = all(isinstance(side, str) and ("prompt" in row or not is_marked(side)) for side in sides)
        lists = all(isinstance(side, list) and any(map(is_turn, side)) for side in sides)
        known = ("prompt", *SIDES, "score_chosen", "score_rejected")
        return sum(name in row for name in known) if texts or lists else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        for name in SIDES:
            if name not in row:
                return drop(f"{name} is missing")
        chosen, rejected = row["chosen"], row["rejected"]
        prompt: Spoken | Drop = Spoken([], [])
        if "prompt" in row:
            prompt = said(row["prompt"], "user", "prompt")
        elif isinstance(chosen, str) and isinstance(rejected, str):
            shared = _shared_words(chosen, rejected)
            prompt = said(shared.rstrip(), "user", "prompt") if shared.strip() else prompt
            chosen, rejected = chosen[len(shared) :], rejected[len(shared) :]
        better, worse = said(chosen, "assistant", "chosen"), said(rejected, "assistant", "rejected")
        return preferred(row, prompt, better, worse, ("prompt", *SIDES))


class OpenAIPreference:
    """{"input": {"messages": [...]}, "preferred_output": [...], "non_preferred_output": [...]}

    OpenAI's rows for preference tuning. Each value is a list of messages; the input may also hold tools.
    """

    def matches(self, row: dict[str, Any]) -> int:
        names = ("input", "preferred_output", "non_preferred_output")
        return 3 if all(name in row for name in names) and isinstance(row["input"], dict) else 0

    def __call__(self, row: dict[str, Any]) -> Result:
        given, names = row.get("input"), ("preferred_output", "non_preferred_output")
        if not isinstance(given, dict):
            return drop("input is not an object")
        outer = {key: value for key, value in row.items() if key != "input"}
        flat = {key: value for key, value in given.items() if key not in ("messages", *names)} | outer
        prompt = read(given.get("messages"), "input.messages")
        better, worse = (read(row.get(name), name) for name in names)
        return preferred(flat, prompt, better, worse, names)


def _shared_words(chosen: str, rejected: str) -> str:
    """Returns the common beginning of both texts, up to the end of a word."""
    shared = commonprefix([chosen, rejected])  # noqa: RUF071 - letters are meant, not path segments
    return shared[: max(shared.rfind(" "), shared.rfind("\n")) + 1]
