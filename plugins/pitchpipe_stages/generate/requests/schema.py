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
MOST = 100  # braces in a reply
_BEGUN = re.compile(r'\{\s*"')


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> Json:
    """An object. One that says a key twice says two things."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a key comes twice")
    return found


# Models write line breaks into strings, which JSON forbids and nobody misunderstands: so `strict` is off.
_DECODER = json.JSONDecoder(parse_constant=_no_number, object_pairs_hook=_once, strict=False)


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

    Words, a fence and thoughts may stand before it. It ends the reply: what words follow may be a quotation.
    """
    _, thought, spoken = text.rpartition("</think>")
    if text.lstrip().startswith("<think>") and not thought:
        return "", "it is thoughts alone"
    # "</think>" may stand in a string, too: then what is behind it is no JSON, and the whole is.
    values = [*_whole(text), *_whole(spoken), *_last(spoken), *_last(text)]
    if not values:
        return "", "it is no JSON, or does not end with it"
    if problem := next(problems(values[0], schema), ""):
        return "", problem
    return without_halves(json.dumps(values[0], ensure_ascii=False)), ""


def _whole(said: str) -> list[Any]:
    try:
        return [_DECODER.decode(said.strip())]
    except (ValueError, RecursionError):
        return []


def _last(said: str) -> list[Any]:
    """The object that ends a text; none where one began before it and is broken, and so may hold it."""
    start, found = said.find("{"), list[Any]()
    for _ in range(MOST):
        if start < 0:
            return found
        try:
            value, end = _DECODER.raw_decode(said, start)
            found = [] if said[end:].strip("` \t\r\n") else [value]
        except (ValueError, RecursionError):
            if _BEGUN.match(said, start):
                return []
            end = start + 1
        start = said.find("{", end)
    return []


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
