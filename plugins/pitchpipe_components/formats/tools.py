"""Reads tools and tool calls that a row writes as lists, as one object, or as JSON text."""

import re
from typing import Any

import msgspec

Objects = tuple[dict[str, Any], ...]

_NAME = re.compile(r'"name"\s*:\s*"([^"]*)"')
_QUOTED = re.compile(r"""["']arguments["']\s*:\s*'(.*)'\s*\}""", re.S)


def decoded(value: Any) -> Any:
    """Decodes JSON text; any other value, and text that is no JSON, stays as it is."""
    if not (isinstance(value, str) and value.lstrip()[:1] in ("[", "{")):
        return value
    try:
        return msgspec.json.decode(value)
    except (ValueError, RecursionError):  # UnicodeEncodeError is a ValueError
        return value


def objects(value: Any) -> Objects | None:
    """Reads a list of objects or one object, each with its name under `function`; None for anything else."""
    value = decoded(value)
    if value is None or value == "":
        return ()
    value = [value] if isinstance(value, dict) else value
    if not isinstance(value, list):
        return None
    value = [decoded(entry) for entry in value]
    return tuple(map(_wrapped, value)) if all(isinstance(entry, dict) for entry in value) else None


def tools_of(row: dict[str, Any]) -> tuple[Objects, str]:
    """Returns the row's tools and their key; the key is empty if its value cannot be read as tools."""
    name = "tools" if "tools" in row else "functions"
    found = objects(row.get(name))
    return found or (), name if name in row and found is not None else ""


def calls(value: Any) -> Objects | None:
    """Reads tool calls as `objects` does; None unless each call names its function."""
    found = objects(value)
    return found if found and all("function" in call for call in found) else None


def _wrapped(entry: dict[str, Any]) -> dict[str, Any]:
    """Wraps {name, parameters} as OpenAI does: {type: function, function: {name, parameters}}."""
    if "function" in entry or "name" not in entry:
        return entry
    inner = {key: value for key, value in entry.items() if key != "type"}
    return {"type": "function", "function": inner}


def quoted_call(text: str) -> Objects | None:
    """Reads Glaive's call, which is JSON but for its arguments: {"name": "add", "arguments": '{"a": 1}'}."""
    name, arguments = _NAME.search(text), _QUOTED.search(text)
    if name and arguments:
        return calls({"name": name[1], "arguments": arguments[1].replace("\\'", "'")})
    return calls(text.strip())


def split_off(text: str) -> tuple[str, Objects]:
    """Splits the JSON objects at the end of a text off as tools; returns the whole text if that fails."""
    from json import JSONDecoder

    start = text.find("{")
    found, at = [], start
    try:
        while 0 <= at < len(text):
            entry, end = JSONDecoder().raw_decode(text, at)
            found.append(entry)
            at = end + len(text[end:]) - len(text[end:].lstrip(" \t\r\n,"))
    except (ValueError, RecursionError):
        return text, ()
    tools = objects(found) if found else None
    return (text[:start].rstrip(), tools) if tools else (text, ())
