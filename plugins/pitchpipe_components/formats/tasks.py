"""Reads rows that are whole tasks: each instance of a row becomes a conversation."""

from dataclasses import dataclass
from typing import Annotated, Any

from pitchpipe import Drop, Message, Meta, drop
from pitchpipe_components.formats.assemble import Result, conversation

TASK = ("Definition", "Positive Examples", "Negative Examples", "Instances", "Categories")


class SelfInstruct:
    """{"instruction": "Add the numbers.", "instances": [{"input": "2, 2", "output": "4"}]}

    Seed tasks of Self-Instruct. Each instance becomes a conversation.
    """

    def matches(self, row: dict[str, Any]) -> int:
        return 2 if "instruction" in row and isinstance(row.get("instances"), list) else 0

    def __call__(self, row: dict[str, Any]) -> list[Result] | Drop:
        if "instruction" not in row:
            return drop("instruction is missing")
        if not isinstance(row.get("instances"), list):
            return drop("instances is not a list")
        task = {key: value for key, value in row.items() if key not in ("instruction", "instances")}
        return [_instance(row["instruction"], instance, task) for instance in row["instances"]]


@dataclass(frozen=True)
class SuperNI:
    """{"Definition": ["Add the numbers."], "Instances": [{"id": "t1-1", "input": "2, 2", "output": ["4"]}]}

    Task files of Super-NaturalInstructions. Each instance becomes a conversation. Its first output is the
    reply; several outputs are in meta as references. The first of the task's Categories is the category.
    """

    definition: Annotated[bool, Meta(description="begin each prompt with the task's definition")] = True
    examples: Annotated[int, Meta(ge=0, description="how many positive examples each prompt shows")] = 0

    def matches(self, row: dict[str, Any]) -> int:
        fits = "Definition" in row and isinstance(row.get("Instances"), list)
        return fits * sum(name in row for name in TASK)

    def __call__(self, row: dict[str, Any]) -> list[Result] | Drop:
        if not isinstance(row.get("Instances"), list):
            return drop(f"Instances is {'not a list' if 'Instances' in row else 'missing'}")
        prompt = _prompt(
            _lines(row.get("Definition", "")) if self.definition else "", _examples(row, self.examples)
        )
        kinds = row.get("Categories")
        kind = kinds[0] if isinstance(kinds, list) and kinds and isinstance(kinds[0], str) else ""
        used = TASK if kind or not kinds else TASK[:-1]
        task = {key: value for key, value in row.items() if key not in used}
        if isinstance(kinds, list) and len(kinds) > 1:
            task["Categories"] = kinds
        return [_instance(prompt, instance, task, kind) for instance in row["Instances"]]


def _instance(prompt: Any, instance: Any, task: dict[str, Any], category: str = "") -> Result:
    """Makes a conversation of one input and its output; in meta, the instance's keys override the task's."""
    if not isinstance(instance, dict):
        return drop("an instance is not an object")
    about: Any = instance.get("input")
    output: Any = instance.get("output")
    outputs = output if isinstance(output, list) else [output]
    question = Message("user", prompt, "" if about is None else about) if prompt else Message("user", about)
    answer: Any = outputs[0] if outputs else None
    known = {"references": outputs} if len(outputs) > 1 else {}
    return conversation(
        [question, Message("assistant", answer)],
        task | instance,
        ("input", "output"),
        category=category,
        known=known,
    )


def _lines(text: Any) -> Any:
    """Joins a definition that newer files hold as a list of texts."""
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        return "\n".join(text)
    return text


def _examples(row: dict[str, Any], count: int) -> str:
    """Writes the first positive examples as text, each an input and its output."""
    values = row.get("Positive Examples")
    examples = [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    return "\n\n".join(
        f"Input: {example.get('input')}\nOutput: {example.get('output')}" for example in examples[:count]
    )


def _prompt(definition: Any, examples: str) -> Any:
    if not examples:
        return definition
    return f"{definition}\n\n{examples}" if definition else examples
