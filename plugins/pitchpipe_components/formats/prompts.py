"""Reads prompts that a model answers itself while it is trained, with the answer that is expected, if any."""

from typing import Any, ClassVar

from pitchpipe import Drop, Message, drop
from pitchpipe_components.formats.assemble import Result, conversation, filled, first
from pitchpipe_components.formats.chat import SYSTEMS, turns
from pitchpipe_components.formats.columns import CONTEXTS
from pitchpipe_components.formats.tools import tools_of
from pitchpipe_components.formats.transcript import Transcript
from pitchpipe_components.formats.turns import NOTHING, Spoken, first_object, is_reply, is_turn, said

PROMPTS = ("prompt", "problem", "question", "query", "instruction")
EXPECTED = (
    "answer", "ground_truth", "solution", "target", "expected", "expected_answer", "reference_answer",
)  # fmt: skip
OTHERS = ("completion", "completions", "response", "output", "chosen", "answers", "text")  # other formats'


class Prompts:
    """{"prompt": "2+2?", "answer": "4"}

    A prompt is text or a list of turns. The answer that is expected may also be called solution,
    ground_truth, target, expected, or stand in reward_model; without one, the conversation has no reply.
    """

    learns: ClassVar[str] = "prompts"  # rows for trainers that learn from prompts alone

    def matches(self, row: dict[str, Any]) -> int:
        asked, expected = _asked(row), _expected(row)[0]
        known = first(row, ("question", "query")) and "answer" in row
        if not asked or known or first(row, OTHERS) or (asked not in PROMPTS and not expected):
            return 0
        if asked in PROMPTS and (is_turn(first_object(turns(row)[1])) or Transcript().matches(row)):
            return 0
        return 1 + bool(expected)

    def __call__(self, row: dict[str, Any]) -> Result:
        asked = _asked(row)
        if not asked:
            return drop("prompt is missing")
        spoken = said(row[asked], "user", asked)
        if isinstance(spoken, Drop):
            return spoken
        expected, answer = _expected(row)
        tools, named = tools_of(row)
        system, context = filled(row, SYSTEMS), filled(row, CONTEXTS)
        told = _told(spoken, row, system, context if asked in PROMPTS else "")
        used = {asked, named, system, context if told.messages[-1].context else ""}
        if expected and not is_reply(told.messages[-1]):
            told = Spoken([*told.messages, Message("assistant", answer)], [*told.turns, NOTHING])
            used.add(expected)
        return conversation(told.messages, row, used - {""}, tools=tools, turns=told.turns)


def _asked(row: dict[str, Any]) -> str:
    """The column of the prompt: by its name, or a list of turns by any other."""
    named = next((name for name in PROMPTS if isinstance(row.get(name), str | list) and row[name]), "")
    name, turn_list = turns(row)
    return named or (name if is_turn(first_object(turn_list)) else "")


def _expected(row: dict[str, Any]) -> tuple[str, str]:
    """The column of the answer that is expected, and the answer."""
    for name in EXPECTED:
        if isinstance(row.get(name), str | int | float) and row[name] != "":
            return name, str(row[name])
    model = row.get("reward_model")
    answer = model.get("ground_truth") if isinstance(model, dict) else None
    return ("reward_model", str(answer)) if isinstance(answer, str | int | float) else ("", "")


def _told(spoken: Spoken, row: dict[str, Any], system: str, context: str) -> Spoken:
    """The turns with the system message and the context that stand in columns of their own."""
    messages, rests = list(spoken.messages), list(spoken.turns)
    if len(messages) == 1 and context and isinstance(row[context], str):
        messages = [Message(messages[0].role, messages[0].content, row[context])]
    if system and row[system] and messages[0].role != "system":
        messages.insert(0, Message("system", row[system]))
        rests.insert(0, NOTHING)
    return Spoken(messages, rests)
