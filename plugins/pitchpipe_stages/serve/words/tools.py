"""Tools that a client declares, calls that were made before, and how the client wants them chosen."""

import json
import re
from typing import Any

from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.words.values import must_be, only_keys, sound_json, text_in, wrong

MOST = 128  # tools
_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")


def tools_of(tools: Any, choice: Any = None) -> tuple[Json, ...]:
    """The tools that the model is shown; none where the choice is "none"."""
    found = _list(tools, "tools")
    read = tuple(_tool(tool, f"tools.{at}") for at, tool in enumerate(found))
    names = [tool["function"]["name"] for tool in read]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise wrong(f"two tools have the name '{twice}'", f"tools.{names.index(twice)}.function.name")
    return () if _choice(choice, bool(read)) == "none" else read


def calls_most(parallel: Any) -> int | None:
    """How many calls an answer may hold, by `parallel_tool_calls`: one, or any number."""
    if parallel is None or must_be(parallel, bool, "parallel_tool_calls"):
        return None
    return 1


def calls_of(calls: Any, param: str) -> tuple[Json, ...]:
    """The calls of a message that an assistant has said."""
    return tuple(_call(call, f"{param}.{at}") for at, call in enumerate(_list(calls, param)))


def _choice(choice: Any, tools: bool) -> str:
    if choice in (None, "auto", "none"):
        return choice or "auto"
    if not tools:
        raise wrong("'tool_choice' needs 'tools'", "tool_choice")
    words = "'tool_choice' may be auto or none: no call can be forced on this model"
    raise wrong(words, "tool_choice", "unsupported_value")


def _tool(value: Any, param: str) -> Json:
    tool = _function(value, param)
    only_keys(tool, ("type", "function"), param)
    inner, param = tool["function"], f"{param}.function"
    only_keys(inner, ("name", "description", "parameters", "strict"), param)
    if not _NAME.fullmatch(text_in(inner.get("name"), f"{param}.name")):
        raise wrong(
            "a tool's name has letters, digits and any of _ - . : /, at most 128 in all", f"{param}.name"
        )
    if inner.get("strict"):
        words = "no schema can be forced on this model's calls: leave 'strict' out"
        raise wrong(words, f"{param}.strict", "unsupported_value")
    if inner.get("description") is not None:
        text_in(inner["description"], f"{param}.description")
    if inner.get("parameters") is not None:
        sound_json(must_be(inner["parameters"], dict, f"{param}.parameters"), f"{param}.parameters")
    return tool


def _call(value: Any, param: str) -> Json:
    call = _function(value, param)
    only_keys(call, ("id", "type", "function", "index"), param)
    inner = call["function"]
    only_keys(inner, ("name", "arguments"), f"{param}.function")
    if not text_in(call.get("id"), f"{param}.id"):
        raise wrong("a call has an id, which its answer names", f"{param}.id")
    name = text_in(inner.get("name"), f"{param}.function.name")
    given = inner.get("arguments")
    arguments = text_in("{}" if given is None else given, f"{param}.function.arguments")
    _object(arguments, f"{param}.function.arguments")
    return {
        "id": call["id"],
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _object(text: str, param: str) -> None:
    try:
        read = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise wrong(f"'{param}' is no JSON", param) from None
    sound_json(must_be(read, dict, param), param)


def _function(value: Any, param: str) -> Json:
    """A tool or a call of the one type that there is."""
    found: Json = must_be(value, dict, param)
    if found.get("type", "function") != "function":
        words = f"the type {found['type']!a} is not supported: functions are"
        raise wrong(words, f"{param}.type", "unsupported_value")
    must_be(found.get("function"), dict, f"{param}.function")
    return found


def _list(value: Any, param: str) -> list[Any]:
    found: list[Any] = [] if value is None else must_be(value, list, param)
    if len(found) > MOST:
        raise wrong(f"'{param}' has {len(found):,} entries, and this server reads {MOST}", param)
    return found
