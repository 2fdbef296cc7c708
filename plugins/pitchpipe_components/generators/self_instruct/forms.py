"""The JSON of replies where a teacher is asked by a schema, and what stands in it."""

import json
from typing import Any

from pitchpipe_components.generators.self_instruct.batch import WholeTask, tasks_in
from pitchpipe_components.generators.self_instruct.instances import Instance, without_none

Schema = dict[str, Any]
ANSWER = "\n\nWhatever is said above of the form of the answer, write it as one JSON object like this one: "


def _object(**properties: Schema) -> Schema:
    demands = {"required": list(properties), "additionalProperties": False}
    return {"type": "object", "properties": properties, **demands}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_TEXT: Schema = {"type": "string"}
SCHEMAS: dict[str, Schema] = {
    "list": _object(tasks=_list(_TEXT)),
    "one": _object(tasks=_list(_TEXT)),
    "json": _object(tasks=_list(_object(instruction=_TEXT, input=_TEXT, output=_TEXT))),
    "classification": _object(classification={"type": "boolean"}),
    "inputs_first": _object(instances=_list(_object(input=_TEXT, output=_TEXT))),
    "outputs_first": _object(instances=_list(_object(output=_TEXT, input=_TEXT))),
}
_SHOWN = {
    "list": '{"tasks": ["...", "..."]}',
    "one": '{"tasks": ["..."]}',
    "json": '{"tasks": [{"instruction": "...", "input": "", "output": "..."}]}',
    "classification": '{"classification": true}',
    "inputs_first": '{"instances": [{"input": "", "output": "..."}]}',
    "outputs_first": '{"instances": [{"output": "...", "input": "..."}]}',
}


def asking_for(form: str) -> str:
    """What a prompt says besides, so that a model knows the names of the schema."""
    return ANSWER + _SHOWN[form]


def tasks_of(text: str, form: str) -> list[WholeTask]:
    if form == "json":
        return tasks_in(text)
    return [WholeTask(task.strip()) for task in _read(text, "tasks") or []]


def label_of(text: str) -> bool:
    return _read(text, "classification") is True


def instances_of(text: str) -> list[Instance]:
    found = _read(text, "instances") or []
    return [Instance(without_none(one["input"]), one["output"].strip()) for one in found]


def _read(text: str, name: str) -> Any:
    """What a reply says under a name. It was checked against its schema, but for one that was cut."""
    try:
        return json.loads(text)[name]
    except (ValueError, LookupError, TypeError):
        return None
