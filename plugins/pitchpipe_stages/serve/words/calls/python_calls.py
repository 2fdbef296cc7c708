"""Calls that are written as Python: look(place="Ghent", near=3)."""

import ast
import re
from collections.abc import Sequence
from typing import Any

from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.words.calls.form import ReadCall

MOST = 400  # closing brackets that are tried
_NAME = re.compile(r"\s*([A-Za-z_][\w.]*)\(")
_WORDS = {"true": True, "false": False, "null": None}


class PythonCall:
    """A call of Python with named arguments, whose values are plain."""

    def __call__(self, text: str, at: int, tools: Sequence[Json]) -> ReadCall | None:
        if not (name := _NAME.match(text, at)):
            return None
        end = name.end()
        for _ in range(MOST):
            if not (end := text.find(")", end) + 1):
                return None
            if (arguments := _arguments(text[name.start(1) : end])) is not None:
                return ReadCall(name[1], arguments, end)
        return None


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
