"""YAML 1.2, with the line of every value: `2e-4` is a number, `no` is text, a doubled key is an error."""

import re
from typing import Any, ClassVar

import yaml

from pitchpipe.errors import PitchpipeError, Problem
from pitchpipe.records.conversation import Json

Key = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """Resolves plain scalars by YAML 1.2. PyYAML's C loader crashes on deep nesting, this one raises."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", list("-+.")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


class Document:
    """One YAML text as plain data, the line of each value, and what is wrong with it."""

    def __init__(self, text: str, name: str):
        self.name, self.lines, self.problems = name, dict[Key, int](), list[Problem]()
        try:
            root = yaml.compose(text, _Loader)
        except RecursionError:
            raise PitchpipeError(f"{name}: nested too deep") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place, problem = f"{name}:{mark.line + 1}" if mark else name, getattr(error, "problem", None)
            raise PitchpipeError(f"{place}: this is not YAML: {problem or error}") from None
        self.data = self._value(root, ()) if root else None

    def _value(self, node: yaml.Node, key: Key) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(key, line)
        if len(key) > 40:
            raise PitchpipeError(f"{self.name}:{line}: nested too deep, or an alias inside itself")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*key, index)) for index, child in enumerate(node.value, 1)]
        return _scalar(node.tag.rpartition(":")[2], node.value)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> Json:
        found: Json = {}
        for name_node, child in node.value:
            line, name = name_node.start_mark.line + 1, name_node.value
            if not isinstance(name_node, yaml.ScalarNode):
                self._problem(line, key, "a key must be plain text")
            elif name in found:
                first = self.lines[*key, name]
                self._problem(line, (*key, name), f"this key was given before, at line {first}")
            else:
                self.lines[*key, name] = line
                found[name] = self._value(child, (*key, name))
        return found

    def _problem(self, line: int, key: Key, message: str) -> None:
        self.problems.append(Problem(f"{self.name}:{line}", ".".join(map(str, key)), message))


def _scalar(tag: str, text: str) -> object:
    if tag == "int":
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if tag == "float":
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return {"null": None, "bool": text.lower() == "true"}.get(tag, text)


def read(text: str) -> object:
    """One value, as it would be read in a recipe."""
    return Document(text, "value").data
