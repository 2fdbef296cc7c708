"""Whether a reply follows a JSON Schema, and where the JSON stands in it.

The part of the standard that replies need. A schema with any other word is refused, so that nothing is taken
for checked that was not.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Json
from pitchpipe_stages.generate.requests.halves import without_halves

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "null": (type(None),),
    "number": (int, float), "integer": (int, float),
}  # fmt: skip
_SILENT = {"title", "description", "$schema", "default", "examples"}  # words that demand nothing
_INSIDE = {"properties", "required", "additionalProperties", "items", "anyOf", "type", "enum", "const"}
_LIMITS: dict[str, tuple[tuple[type, ...], Callable[[Any, Any], bool]]] = {
    "minimum": ((int, float), lambda value, limit: value >= limit),
    "maximum": ((int, float), lambda value, limit: value <= limit),
    "minLength": ((str,), lambda value, limit: len(value) >= limit),
    "maxLength": ((str,), lambda value, limit: len(value) <= limit),
    "minItems": ((list,), lambda value, limit: len(value) >= limit),
    "maxItems": ((list,), lambda value, limit: len(value) <= limit),
    "pattern": ((str,), lambda value, limit: re.search(limit, value) is not None),
}
MOST = 100  # objects in a reply


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_number)


def must_be_known(schema: Json) -> None:
    """Refuses a schema with words that are not checked here."""
    if unknown := sorted(schema.keys() - _SILENT - _INSIDE - _LIMITS.keys()):
        raise PitchpipeError(
            f"the schema of a reply says {unknown[0]!r}, which is not checked here. What can be said:"
            f" {', '.join(sorted(_INSIDE | _LIMITS.keys()))}"
        )
    for inner in _schemas_in(schema):
        must_be_known(inner)


def _schemas_in(schema: Json) -> Iterator[Json]:
    yield from schema.get("properties", {}).values()
    yield from schema.get("anyOf", [])
    yield from (
        schema[name] for name in ("items", "additionalProperties") if isinstance(schema.get(name), dict)
    )


def json_of(text: str, schema: Json) -> tuple[str, str]:
    """The JSON of a reply that follows a schema, or what is wrong: ("{...}", "") or ("", "it is no JSON").

    Words, a fence and thoughts around it are passed over. Two that follow the schema and differ are none: one
    of them may be quoted.
    """
    said = text.rpartition("</think>")[2].strip()  # unless a string of the JSON quotes that
    values = _whole(text.strip()) or _whole(said) or _objects(said)
    wrong = [next(problems(value, schema), "") for value in values]
    right = [value for value, problem in zip(values, wrong, strict=True) if not problem]
    if not right:
        return "", wrong[0] if wrong else "it is no JSON"
    if any(not _same(value, right[0]) for value in right):
        return "", "it holds more than one"
    return without_halves(json.dumps(right[0], ensure_ascii=False)), ""


def _whole(said: str) -> list[Any]:
    try:
        return [_DECODER.decode(said)]
    except (ValueError, RecursionError):
        return []


def _objects(said: str) -> list[Any]:
    """The objects that stand in a text, those inside of others left out."""
    found, start = list[Any](), said.find("{")
    while start >= 0 and len(found) < MOST:
        try:
            value, end = _DECODER.raw_decode(said, start)
            found.append(value)
        except (ValueError, RecursionError):
            end = start + 1
        start = said.find("{", end)
    return found


def problems(value: Any, schema: Json, place: str = "") -> Iterator[str]:
    """What of a value does not follow a schema."""
    where = f"{place.lstrip('.')}: " if place else ""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{where}it is no {' or '.join(kinds)}"
        return
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        yield f"{where}it is none of {json.dumps(schema['enum'], ensure_ascii=False)}"
    if "const" in schema and not _same(value, schema["const"]):
        yield f"{where}it is not {json.dumps(schema['const'], ensure_ascii=False)}"
    if "anyOf" in schema and all(any(problems(value, one)) for one in schema["anyOf"]):
        yield f"{where}it follows none of the forms"
    for word, (types, holds) in _LIMITS.items():
        bounded = isinstance(value, types) and not isinstance(value, bool)
        if word in schema and bounded and not holds(value, schema[word]):
            yield f"{where}{word} is {schema[word]}"
    if isinstance(value, dict):
        yield from _of_object(value, schema, place)
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            yield from problems(one, schema["items"], f"{place}.{number}")


def _of_object(value: Json, schema: Json, place: str) -> Iterator[str]:
    where, named = f"{place.lstrip('.')}: " if place else "", schema.get("properties", {})
    yield from (f"{where}'{name}' is missing" for name in schema.get("required", []) if name not in value)
    others = schema.get("additionalProperties", True)
    for name, one in value.items():
        if name in named:
            yield from problems(one, named[name], f"{place}.{name}")
        elif others is False:
            yield f"{where}'{name}' has no place there"
        elif isinstance(others, dict):
            yield from problems(one, others, f"{place}.{name}")


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, _TYPES[kind])


def _same(one: Any, other: Any) -> bool:
    """JSON's equality: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)
