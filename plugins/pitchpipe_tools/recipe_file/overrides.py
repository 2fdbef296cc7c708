"""Overrides of one run, before the recipe is checked: `trainer.sft.epochs=1` sets a value, `filters+=length`
appends to a list."""

from collections.abc import Callable
from functools import partial

from pitchpipe.errors import PitchpipeError, suggest
from pitchpipe.recipe.document import Key
from pitchpipe_tools.recipe_file.yaml12 import read

Node = dict[str, object] | list[object]  # a part of a recipe that holds values


def override(text: str) -> Callable[[dict[str, object]], list[Key]]:
    """The function that sets KEY=VALUE, or appends KEY+=VALUE, and returns the keys of what it changed."""
    return partial(_apply, text)


def _apply(text: str, data: dict[str, object]) -> list[Key]:
    """Sets the value. The path names an entry of a list by its number, from 1, or by its component."""
    path, equals, written = text.partition("=")
    *parents, last = path.strip().removesuffix("+").strip().split(".")
    if not equals or not all((*parents, last)):
        raise PitchpipeError(f"--set {text}: write it as section.name.option=value")
    node: Node = data
    key: Key = ()
    for name in parents:
        node, key = _enter(node, name, key, text)
    value = read(written, f"--set {text}")
    if isinstance(node, list):
        number = _number(node, last, key, text)
        node[number - 1], changed = _changed(node[number - 1], value, (*key, number), text)
    else:
        node[last], changed = _changed(node.get(last), value, (*key, last), text)
    return changed


def _changed(old: object, value: object, key: Key, text: str) -> tuple[object, list[Key]]:
    """The new value, or a list with one more entry or with those of a list; and the keys of what is new."""
    if not text.partition("=")[0].endswith("+"):
        return value, [key]
    if not isinstance(old, list | None):
        raise PitchpipeError(f"--set {text}: += appends to a list, and this is {old!r}")
    entries, more = old or [], value if isinstance(value, list) else [value]
    numbers = range(len(entries) + 1, len(entries) + len(more) + 1)
    return [*entries, *more], [(*key, number) for number in numbers]


def _enter(node: Node, name: str, key: Key, text: str) -> tuple[Node, Key]:
    """The part of the recipe under a name, and its key. A part that does not exist is made."""
    if isinstance(node, list):
        number = _number(node, name, key, text)
        key = (*key, number)
        entry = node[number - 1] = _node(_with_options(node[number - 1]), key, text)
        return (entry, key) if name.isdigit() else _enter(entry, name, key, text)
    value = node.get(name) if key else _with_options(node.get(name))
    key = (*key, name)
    inner = node[name] = _node({} if value is None else value, key, text)
    return inner, key


def _node(value: object, key: Key, text: str) -> Node:
    if not isinstance(value, dict | list):
        place = ".".join(map(str, key))
        raise PitchpipeError(f"--set {text}: {place} is {value!r}; nothing can be set in it")
    return value


def _number(entries: list[object], name: str, key: Key, text: str) -> int:
    """The number of the entry that has this number or this component."""
    names = [str(next(iter(entry), "")) if isinstance(entry, dict) else str(entry) for entry in entries]
    if name.isdigit() and 0 < int(name) <= len(entries):
        return int(name)
    if names.count(name) == 1:
        return names.index(name) + 1
    how_many = "more than one" if name in names else "no"
    raise PitchpipeError(
        f"--set {text}: {how_many} entry '{name}' in {'.'.join(map(str, key))}.{suggest(name, names)}"
    )


def _with_options(entry: object) -> object:
    """A component without options, `name`, as `name: {}`."""
    return {entry: {}} if isinstance(entry, str) else entry
