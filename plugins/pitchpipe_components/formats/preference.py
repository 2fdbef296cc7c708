"""Reads preferences: a chosen and a rejected reply, as texts or as lists of messages."""

from os.path import commonprefix
from typing import Any

from pitchpipe import Drop, Message, drop
from pitchpipe_components.formats.assemble import Result, filled
from pitchpipe_components.formats.chat import SIDES, SYSTEMS, is_words, turns
from pitchpipe_components.formats.marked import is_marked
from pitchpipe_components.formats.preferred import preferred
from pitchpipe_components.formats.turns import (
    NOTHING,
    Spoken,
    first_object,
    is_reply,
    is_turn,
    read,
    said,
)

PROMPTS = ("query", "question", "instruction", "input", "context", "history", "user", "human")
LONG = 20  # characters of a text that may be a prompt


class Preference:
    """{"prompt": "2+2?", "chosen": "4", "rejected": "5"}

    Each value is text or a list of messages. The prompt may also be called query, input, context or history,
    or be a list of turns. Without any, the common beginning of both sides is the prompt.
    """

    def matches(self, row: dict[str, Any]) -> int:
        sides = [row.get(name) for name in SIDES]
        texts = all(isinstance(side, str) and ("prompt" in row or not is_marked(side)) for side in sides)
        texts = texts and not is_marked(row.get("prompt"))
        lists = all(is_turn(side) or (isinstance(side, list) and any(map(is_turn, side))) for side in sides)
        if not lists and (not texts or is_turn(first_object(turns(row)[1])) or _unnamed_prompt(row)):
            return 0
        known = ("prompt", *SIDES, "score_chosen", "score_rejected")
        return sum(name in row for name in known)

    def __call__(self, row: dict[str, Any]) -> Result:
        for name in SIDES:
            if name not in row:
                return drop(f"{name} is missing")
        chosen, rejected, asked = row["chosen"], row["rejected"], _prompt_of(row, row["chosen"])
        prompt: Spoken | Drop = Spoken([], [])
        if asked:
            prompt = said(row[asked], "user", asked)
        elif isinstance(chosen, str) and isinstance(rejected, str):
            shared = _shared_words(chosen, rejected)
            prompt = said(shared.rstrip(), "user", "prompt") if shared.strip() else prompt
            chosen, rejected = chosen[len(shared) :], rejected[len(shared) :]
        better, worse = said(chosen, "assistant", "chosen"), said(rejected, "assistant", "rejected")
        system = filled(row, SYSTEMS)
        if system and isinstance(prompt, Spoken) and is_words(row[system]):
            prompt = Spoken([Message("system", row[system]), *prompt.messages], [NOTHING, *prompt.turns])
        return preferred(row, prompt, better, worse, {asked or "prompt", system or "prompt", *SIDES}, asked)


def _prompt_of(row: dict[str, Any], chosen: Any) -> str:
    """Returns the column of the prompt. Lists that begin with a question hold it already."""
    if "prompt" in row:
        return "prompt"
    if isinstance(chosen, list) and not is_reply(chosen[0]):
        return ""
    name, list_of_turns = turns(row)
    if is_turn(first_object(list_of_turns)):
        return name
    return next((name for name in PROMPTS if isinstance(row.get(name), str | list) and row[name]), "")


def _unnamed_prompt(row: dict[str, Any]) -> bool:
    """Whether a text of any other name may be the prompt, so that none must be made up."""
    if _prompt_of(row, row["chosen"]):
        return False
    others = (value for key, value in row.items() if key not in SIDES and isinstance(value, str))
    return any(len(value) >= LONG and " " in value for value in others)


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
