"""YAML 1.2, with the place of every value: `2e-4` is a number, `no` is text, a doubled key is an error.

Of YAML 1.1 it keeps merge keys: `<<: *name` gives a mapping what another one says and it does not.
"""

import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.document import Document, Key, Place
from pitchpipe.records.conversation import Json
from pitchpipe_tools.recipe_file.variables import UnsetVariable, Variables

DEEPEST, MOST = 40, 100_000  # levels and values of a recipe: aliases can make many of few


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

Entry = tuple[yaml.Node, yaml.Node]  # a key and its value


class _Reading:
    """One text on its way to a document."""

    def __init__(self, name: str, path: Path):
        self.name, self.folder = name, path.parent.resolve()
        self.document = Document(path, None)
        self.variables = Variables(self._unset)
        self.key: Key = ()  # of the value that is read

    def read(self, text: str) -> Document:
        root = self._composed(self.variables.taken_out(text))
        self.document.data = self._value(root, ()) if root else None
        return self.document

    def _composed(self, text: str) -> yaml.Node | None:
        try:
            return yaml.compose(text, _Loader)
        except RecursionError:
            raise PitchpipeError(f"{self.name}: nested too deep") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f"{self.name}:{mark.line + 1}" if mark else self.name
            problem = getattr(error, "problem", None) or error
            raise PitchpipeError(f"{place}: this is not YAML: {problem}") from None

    def _place(self, node: yaml.Node) -> Place:
        return Place(self.name, node.start_mark.line + 1, self.folder)

    def _value(self, node: yaml.Node, key: Key) -> Any:
        place = self._place(node)
        self.document.places.setdefault(key, place)
        if len(key) > DEEPEST or len(self.document.places) > MOST:
            raise PitchpipeError(f"{place}: nested too deep, or an alias inside itself")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*key, index)) for index, child in enumerate(node.value, 1)]
        return self._scalar(node, key)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> Json:
        found: Json = {}
        for name_node, child in (*self._own(node, key), *self._merged(node)):
            name = self.variables.as_written(name_node.value)
            if name not in found:
                self.document.places[*key, name] = self._place(name_node)
                found[name] = self._value(child, (*key, name))
        return found

    def _own(self, node: yaml.MappingNode, key: Key) -> list[Entry]:
        """The entries that a mapping says itself, each key once."""
        own = dict[str, Entry]()
        for name_node, child in node.value:
            name = name_node.value
            if not isinstance(name_node, yaml.ScalarNode):
                self.document.problem(key, "a key must be plain text", self._place(name_node))
            elif name in own:
                first = own[name][0].start_mark.line + 1
                words = f"this key was given before, at line {first}"
                self.document.problem((*key, name), words, self._place(name_node))
            else:
                own[name] = (name_node, child)
        return [entry for entry in own.values() if not _is_merge(entry)]

    def _merged(self, node: yaml.MappingNode, level: int = 0) -> list[Entry]:
        """The entries of the mappings that a mapping merges, the nearest first."""
        merges = [child for name_node, child in node.value if _is_merge((name_node, child))]
        entries: list[Entry] = []
        for merge in merges[:1]:
            for source in merge.value if isinstance(merge, yaml.SequenceNode) else [merge]:
                if not isinstance(source, yaml.MappingNode) or level > DEEPEST:
                    raise PitchpipeError(f"{self._place(source)}: <<: expected a mapping, as in <<: *name")
                own = [e for e in source.value if isinstance(e[0], yaml.ScalarNode) and not _is_merge(e)]
                entries += [*own, *self._merged(source, level + 1)]
        return entries

    def _scalar(self, node: Any, key: Key) -> object:
        """A value. What a variable holds in bare text is a number or a truth as bare text is."""
        self.key, tag = key, node.tag
        text = self.variables.put_back(node.value)
        if text != node.value and node.style is None:
            tag = _Loader("").resolve(yaml.ScalarNode, text, (True, False))
        return _scalar(tag.rpartition(":")[2], text)

    def _unset(self, name: str) -> None:
        place = self.document.places[self.key]
        words = f"the variable {name} is not set: export {name}=..., or write ${{{name}:-default}};"
        words = f"{words} $${{{name}}} stands for these very words"
        self.document.problems.append(UnsetVariable(str(place), "", words, self.key, place))


def _is_merge(entry: Entry) -> bool:
    name_node = entry[0]
    return isinstance(name_node, yaml.ScalarNode) and name_node.value == "<<" and name_node.style is None


def _scalar(tag: str, text: str) -> object:
    if tag == "int":
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if tag == "float":
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return {"null": None, "bool": text.lower() == "true"}.get(tag, text)


def read_text(text: str, path: Path, name: str = "") -> Document:
    """The document of a text that stands in a file. Problems name the file by its name."""
    return _Reading(name or path.name, path).read(text)


def read(text: str, said: str = "value") -> object:
    """One value, as it would be read in a recipe. `said` is what says it."""
    document = read_text(text, Path(said))
    if document.problems:
        raise PitchpipeError("\n".join(map(str, document.problems)))
    return document.data
