"""Rows that are whole tasks: one row gives a conversation for each of its instances."""

from dataclasses import dataclass
from typing import Annotated, Any

from pitchpipe import Conversation, Drop, Message, Meta, drop
from pitchpipe_components.formats.assemble import conversation

TASK = ("Definition", "Positive Examples", "Negative Examples", "Instances", "Categories")


class SelfInstruct:
    """{"instruction": "Add the numbers.", "instances": [{"input": "2, 2", "output": "4"}]}

    Seeds of Self-Instruct. Each instance is a conversation.
    """

    def matches(self, row: dict[str, Any]) -> int:
        return 2 if "instruction" in row and isinstance(row.get("instances"), list) else 0

    def __call__(self, row: dict[str, Any]) -> list[Conversation | Drop] | Drop:
        if "instruction" not in row:
            return drop("instruction is missing")
        if not isinstance(row.get("instances"), list):
            return drop("instances is not a list")
        task = {key: value for key, value in row.items() if key not in ("instruction", "instances")}
        return [_instance(row["instruction"], one, task) for one in row["instances"]]


@dataclass(frozen=True)
class SuperNI:
    """{"Definition": ["Add the numbers."], "Instances": [{"id": "t1-1", "input": "2, 2", "output": ["4"]}]}

    Task files of Super-NaturalInstructions. Each instance is a conversation, its first output the reply; all
    outputs are in meta as references. The first of the task's Categories is the category.
    """

    definition: Annotated[bool, Meta(description="begin each prompt with the task's definition")] = True
    examples: Annotated[int, Meta(ge=0, description="positive examples shown in each prompt")] = 0

    def matches(self, row: dict[str, Any]) -> int:
        fits = "Definition" in row and isinstance(row.get("Instances"), list)
        return fits * sum(name in row for name in TASK)

    def __call__(self, row: dict[str, Any]) -> list[Conversation | Drop] | Drop:
        if not isinstance(row.get("Instances"), list):
            return drop(f"Instances is {'not a list' if 'Instances' in row else 'missing'}")
        asked = _shown(
            _lines(row.get("Definition", "")) if self.definition else "", _examples(row, self.examples)
        )
        kinds = row.get("Categories")
        kind = kinds[0] if isinstance(kinds, list) and kinds and isinstance(kinds[0], str) else ""
        used = TASK if kind or not kinds else TASK[:-1]
        task = {key: value for key, value in row.items() if key not in used}
        if isinstance(kinds, list) and len(kinds) > 1:
            task["Categories"] = kinds
        return [_instance(asked, one, task, kind) for one in row["Instances"]]


def _instance(asked: Any, instance: Any, task: dict[str, Any], category: str = "") -> Conversation | Drop:
    """One input with its output. What the instance says beside goes over what the task says."""
    if not isinstance(instance, dict):
        return drop("an instance is not an object")
    about, output = instance.get("input"), instance.get("output")
    outputs = output if isinstance(output, list) else [output]
    prompt = Message("user", asked, "" if about is None else about) if asked else Message("user", about)  # type: ignore[arg-type]
    reply = Message("assistant", outputs[0] if outputs else None)  # type: ignore[arg-type]
    known = {"references": outputs} if len(outputs) > 1 else {}
    return conversation([prompt, reply], task | instance, ("input", "output"), category=category, known=known)


def _lines(text: Any) -> Any:
    """Newer files hold the definition as a list of texts."""
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        return "\n".join(text)
    return text


def _examples(row: dict[str, Any], count: int) -> str:
    """The first positive examples, each an input and its output."""
    listed = row.get("Positive Examples")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return "\n\n".join(f"Input: {one.get('input')}\nOutput: {one.get('output')}" for one in found[:count])


def _shown(definition: Any, examples: str) -> Any:
    if not examples:
        return definition
    return f"{definition}\n\n{examples}" if definition else examples
