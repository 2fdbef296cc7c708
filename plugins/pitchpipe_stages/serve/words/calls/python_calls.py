"""Calls that are written as Python: look(place="Ghent", near=3)."""

import ast
import re
from collections.abc import Sequence
from typing import Any

from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.words.calls.form import ReadCall

_NAME = re.compile(r"\s*([A-Za-z_][\w.]*)\(")
_SIGN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[()\[\]{}]""", re.S)
_WORDS = {"true": True, "false": False, "null": None}


class PythonCall:
    """A call of Python with named arguments, whose values are plain."""

    def __call__(self, text: str, at: int, tools: Sequence[Json]) -> ReadCall | None:
        if not (name := _NAME.match(text, at)):
            return None
        end = _closed(text, name.end())
        arguments = _arguments(text[name.start(1) : end]) if end else None
        return ReadCall(name[1], arguments, end) if arguments is not None else None


def _closed(text: str, at: int) -> int:
    """The place behind the bracket that closes a call; 0 where none does."""
    depth = 1
    for found in _SIGN.finditer(text, at):
        if len(found[0]) == 1:
            depth += 1 if found[0] in "([{" else -1
        if not depth:
            return found.end()
    return 0


def _arguments(text: str) -> Json | None:
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call) or call.args:
            return None
        return {str(one.arg): _value(one.value) for one in call.keywords if one.arg}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr) -> Any:
    """A plain value; true, false and null are JSON's words for Python's."""
    if isinstance(node, ast.Name) and node.id in _WORDS:
        return _WORDS[node.id]
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(entry) for entry in node.elts]
    if isinstance(node, ast.Dict):
        return {
            ast.literal_eval(key): _value(value)
            for key, value in zip(node.keys, node.values, strict=True)
            if key
        }
    return ast.literal_eval(node)
