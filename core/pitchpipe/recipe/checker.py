"""Checks the sections of a recipe: names of components and their options. Collects every problem."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pitchpipe.errors import Problem, suggest
from pitchpipe.host.host import Host
from pitchpipe.host.options import REQUIRED, Option, bind, options_of
from pitchpipe.host.plugin import Plugin
from pitchpipe.recipe.document import Document, Key
from pitchpipe.recipe.recipe import Use
from pitchpipe.recipe.section import Section
from pitchpipe.records.conversation import Json

Made = TypeVar("Made")
Schema = dict[str, Option]
By = Plugin | None  # the plugin that writes an entry; none: the recipe
Inner = dict[str, Use | list[Use]]  # components that options name


class Checker:
    """Turns entries of a recipe into bound components; every problem is collected with its place."""

    def __init__(self, document: Document, folder: Path, host: Host):
        self.document, self.folder, self.host = document, folder, host
        self.data: Json = document.data
        self.problem = document.problem

    def order(self, problem: Problem) -> tuple[bool, str, int, str]:
        file, _, line = problem.place.rpartition(":")
        return file != self.document.path.name, file, int(line) if file else 0, problem.subject

    def one(self, section: Section[object]) -> Use | None:
        """The component that a section names, or its default."""
        key, entry = (section.name,), self.data.get(section.name)
        if section.bare and entry is not False:
            return self._default(section, None if entry is True else entry)
        if entry is None and self.data.get(section.default_with):
            return self._default(section, None)
        return self.use(section.kind, key, entry, shared(section)) if entry not in (None, False) else None

    def many(self, section: Section[object]) -> list[Use]:
        """The components that a section lists."""
        entries, common = self.entries(section.name), shared(section)
        return numbered([use for at, entry in entries if (use := self.use(section.kind, at, entry, common))])

    def named(self, section: Section[object]) -> list[Use]:
        """The components to which a section gives names, which are their labels."""
        entries = self.data.get(section.name) or {}
        if not isinstance(entries, dict):
            self.problem((section.name,), f"expected names, `{{name: {section.kind}}}`, got {entries!r}")
            return []
        at = {str(name): (section.name, name) for name in entries}
        uses = {name: self.use(section.kind, key, entries[key[1]]) for name, key in at.items()}
        return [replace(use, label=name) for name, use in uses.items() if use]

    def plain(self, section: Section[Made]) -> Made:
        """A section that holds options and no component."""
        assert section.options
        key, made = (section.name,), section.options
        options = self.options(key, self.data.get(section.name), options_of(made))
        return (self.made(key, lambda: made(**options)) if options else None) or made()

    def _default(self, section: Section[object], given: object) -> Use | None:
        key = (section.name,)
        component = self.made(key, lambda: self.host.default(section.kind, section.name))
        if component:
            return self.use(section.kind, key, {component.address: given}, shared(section), bare=True)
        if given:
            self.problem(key, f"no plugin offers a default {section.kind} for this section")
        return None

    def entries(self, section: str) -> Iterator[tuple[Key, Any]]:
        """The entries of a section that is a list, each with its key."""
        entries = self.data.get(section)
        if isinstance(entries, list):
            yield from (((section, index), entry) for index, entry in enumerate(entries, 1))
        elif entries is not None:
            self.problem((section,), f"expected a list, got {entries!r}")

    def use(
        self, kind: str, key: Key, entry: Any, shared: Schema | None = None, bare: bool = False, by: By = None
    ) -> Use | None:
        """A bound component, from `name` or `name: {options}`. All components of the section have the options
        `shared`. `bare`: the recipe writes no name."""
        if isinstance(entry, str):
            name, given = entry, None
        elif isinstance(entry, dict) and len(entry) == 1:
            name, given = next(iter(entry.items()))
            key = key if bare else (*key, name)
        else:
            self.problem(key, f"expected a {kind}: a name or `name: {{options}}`, got {entry!r}")
            return None
        try:
            component = self.host.find(kind, name, by)
            schema = component.options
        except (ValueError, TypeError, NameError) as error:
            self.problem(key, str(error))
            return None
        shared = {n: option for n, option in (shared or {}).items() if n not in schema}  # its own come first
        given, common = self._parted(key, given, shared)
        label = component.name if bare else name
        options = self.options(key, given, schema, f"{kind} '{label}'", shared)
        inner = self._inner(key, options or {}, schema)
        if options is None or inner is None:
            return None
        values = options | {option: _bound(uses) for option, uses in inner.items()}
        bound = self.made(key, lambda: bind(component.call, values))
        if bound is None:
            return None
        held = tuple(use for uses in inner.values() for use in (uses if isinstance(uses, list) else [uses]))
        return Use(component, options, bound, str(self.document.place(key)), label, common, held)

    def _parted(self, key: Key, given: object, shared: Schema) -> tuple[object, Json]:
        """A component's own options, and the checked ones that all of the section have beside them."""
        if not isinstance(given, dict):
            return given, {}
        common = {
            name: self.value((*key, name), given[name], shared[name]) for name in given if name in shared
        }
        return {name: given[name] for name in given if name not in shared}, common

    def _inner(self, key: Key, given: Json, schema: Schema) -> Inner | None:
        """The components that a component's options name, one or a list of them."""
        uses: Inner = {}
        for name, option in schema.items():
            entry = given.get(name, option.default)
            if not option.component or entry is REQUIRED or (entry is None and option.default is None):
                continue
            place, listed = (*key, name), entry if isinstance(entry, list) else []
            entries = [((*place, at), one) for at, one in enumerate(listed, 1)] or [(place, entry)]
            found = [self.use(option.component, *one) for one in entries]
            if None in found:
                return None
            made = [use for use in found if use]
            uses[name] = made if listed else made[0]
        return uses

    def options(
        self, key: Key, given: object, schema: Schema, whose: str = "this section", also: Iterable[str] = ()
    ) -> Json | None:
        """The checked options, or None where one of them is wrong."""
        if given is not None and not isinstance(given, dict):
            self.problem(key, f"expected options, `{{name: value}}`, got {given!r}")
            return None
        before = len(self.document.problems)
        options = {}
        for name, value in (given or {}).items():
            if name not in schema:
                near = self.near((*key, name), [*schema, *also])
                self.problem((*key, name), f"no such option of {whose}.{near}")
            else:
                options[name] = self.value((*key, name), value, schema[name])
        for name, option in schema.items():
            if option.required and name not in (given or {}):
                self.problem(key, f"{whose} needs the option '{name}'")
        return options if len(self.document.problems) == before else None

    def near(self, key: Key, known: list[str]) -> str:
        """What a name of another tool is called here, the nearest name, or what it is called elsewhere."""
        means, nearest = self.host.synonym(str(key[-1])), suggest(str(key[-1]), known)
        here, _, value = means.rpartition(".")[2].partition("=")
        if len(key) == 2 and any(key[1] == own.name for one in self.host.stages() for own in one.sections):
            return f" '{key[1]}' is a section of its own, beside '{key[0]}'."
        if here in known and key[:-1]:
            return f" Here it is called '{here}{': ' if value else ''}{value}'."
        if not means or (key[:-1] and ("mean" in nearest or any(isinstance(part, int) for part in key))):
            return nearest
        return f" Here it is {means}."

    def value(self, key: Key, value: object, option: Option) -> object:
        """The checked value. Names of components stay as they are: `_inner` makes uses of them."""
        if not option.component:
            return self._plain(key, value, option)
        if option.many != isinstance(value, list) or value == []:
            wanted = f"a list of {option.component}s" if option.many else f"a {option.component}"
            self.problem(key, f"expected {wanted}, got {value!r}")
        return value

    def _plain(self, key: Key, value: object, option: Option) -> object:
        """The checked value. What another folder says is kept as this folder would say it."""
        folder = self.document.place(key).folder
        made = self.made(key, lambda: option.check(value, folder))
        if folder != self.folder and made is not None:
            relative = msgspec.to_builtins(made, enc_hook=lambda path: os.path.relpath(path, self.folder))
            self.document.replace(key, relative)
        return made

    def made(self, key: Key, make: Callable[[], Made]) -> Made | None:
        """What `make` makes; a ValueError becomes a problem."""
        try:
            return make()
        except ValueError as error:
            self.problem(key, str(error))
            return None


def shared(section: Section[object]) -> Schema:
    """The options that all components of a section have."""
    return options_of(section.options) if section.options else {}


def numbered(uses: list[Use]) -> list[Use]:
    """Uses with a label of their own each: length, length#2."""
    seen: Counter[str] = Counter()
    for index, use in enumerate(uses):
        seen[use.label] += 1
        if seen[use.label] > 1:
            uses[index] = replace(use, label=f"{use.label}#{seen[use.label]}")
    return uses


def _bound(uses: Use | list[Use]) -> object:
    return [use.bound for use in uses] if isinstance(uses, list) else uses.bound
