"""Checking a recipe: every problem at once, each with its line and the nearest name."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from pitchpipe import overrides
from pitchpipe.errors import PitchpipeError, Problem, RecipeError, suggest
from pitchpipe.host import Host
from pitchpipe.options import Option, bind, options_of
from pitchpipe.recipe import Recipe, SourceUse, Split, Use
from pitchpipe.yaml12 import Document, Key

# A section, and one that it cannot do without.
NEEDS = (
    ("trainer", "model"),
    ("evaluators", "model"),
    ("template", "model"),
    ("model", "template"),
    ("adapter", "trainer"),
)
SINGLES = ("model", "template", "collator", "adapter", "trainer")
SECTIONS = ("requires", "loaders", "filters", "split", *SINGLES, "evaluators")


def load(path: Path, host: Host, given: tuple[str, ...] = ()) -> Recipe:
    """Read and check a recipe. All that is wrong with it is raised at once, each with its line."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PitchpipeError(f"cannot read the recipe {path}: {error}") from None
    document = Document(text, path.name)
    if not isinstance(document.data, dict):
        raise PitchpipeError(f"{path.name}: a recipe is a mapping of sections: {', '.join(SECTIONS)}")
    check = _Check(document, path.parent.resolve(), host)
    for text in given:
        check.set.add(overrides.apply(text, document.data))
    recipe = check.recipe(path)
    if check.problems:
        raise RecipeError(sorted(check.problems, key=check.order))
    host.notify("on_recipe_loaded", recipe=recipe)
    return recipe


@dataclass(frozen=True)
class _Shared:
    """Options of every source, whatever its loader."""

    name: Annotated[str | None, Meta(description="what reports call this source")] = None
    format: Annotated[Any, Meta(description="the format of its rows; left out, it is detected")] = None
    split: Annotated[
        Literal["train", "validation", "test"] | None, Meta(description="where all of its rows go")
    ] = None


SHARED = options_of(_Shared)


class _Check:
    """Walks a recipe and collects every problem instead of stopping at the first."""

    def __init__(self, document: Document, folder: Path, host: Host):
        self.document, self.folder, self.host = document, folder, host
        self.data: dict[str, Any] = document.data or {}
        self.problems = list(document.problems)
        self.set: set[Key] = set()  # what overrides have set

    # --- Problems --------------------------------------------------------------------------------

    def place(self, key: Key) -> str:
        """Where a value stands: the line of it or of what holds it, or the override that set it."""
        for end in range(len(key), -1, -1):
            if key[:end] in self.set:
                return "--set"
            if key[:end] in self.document.lines:
                return f"{self.document.name}:{self.document.lines[key[:end]]}"
        return self.document.name

    def problem(self, key: Key, message: str) -> None:
        self.problems.append(Problem(self.place(key), ".".join(map(str, key)), message))

    def order(self, problem: Problem) -> tuple[int, str]:
        line = problem.place.rpartition(":")[2]
        return (int(line) if line.isdigit() else 10**9), problem.subject

    # --- Sections --------------------------------------------------------------------------------

    def recipe(self, path: Path) -> Recipe:
        data = self.data
        for name in data:
            if name not in SECTIONS:
                self.problem((name,), f"no such section.{suggest(name, SECTIONS)}")
        self._requires()
        recipe = Recipe(path, data, self.host)
        recipe.loaders = [s for key, entry in self._list("loaders") if (s := self._source(key, entry))]
        recipe.filters = _numbered(self._uses("filter"))
        recipe.evaluators = _numbered(self._uses("evaluator"))
        for name in SINGLES:
            if data.get(name) is not None:
                setattr(recipe, name, self._use(name, (name,), data[name]))
        if data.get("split") is not None:
            split = self._options(("split",), data["split"], options_of(Split))
            if split is not None:
                recipe.split = self._made(("split",), lambda: Split(**split)) or recipe.split
        self._whole(recipe)
        return recipe

    def _whole(self, recipe: Recipe) -> None:
        """What no section can know alone."""
        data = recipe.data
        if not data.get("loaders"):
            self.problem(("loaders",), "a recipe needs at least one loader")
        for section, needed in NEEDS:
            if data.get(section) and not data.get(needed):
                self.problem((section,), f"this needs a section '{needed}' too")
        names = [source.name for source in recipe.loaders]
        if twice := {name for name in names if names.count(name) > 1}:
            self.problem(("loaders",), f"two sources are called '{min(twice)}'")
        held_out = recipe.split.test > 0 or any(source.split == "test" for source in recipe.loaders)
        if data.get("evaluators") and not held_out:
            self.problem(
                ("evaluators",), "nothing is held out to evaluate on: add split: {train: 0.9, test: 0.1}"
            )
        if data.get("model") and recipe.collator is None and not data.get("collator"):
            recipe.collator = self._use("collator", ("collator",), "padded")

    def _requires(self) -> None:
        """Distributions that the recipe needs, each with the versions that will do."""
        from importlib.metadata import PackageNotFoundError, version

        for key, text in self._list("requires"):
            from packaging.requirements import InvalidRequirement, Requirement

            try:
                requirement = Requirement(str(text))
                found = version(requirement.name)
            except InvalidRequirement:
                self.problem(key, f"expected a package like 'pitchpipe-code>=0.1', got {text!r}")
            except PackageNotFoundError:
                self.problem(key, f"'{requirement.name}' is not installed: pip install '{text}'")
            else:
                if not requirement.specifier.contains(found, prereleases=True):
                    self.problem(key, f"{requirement.name} {found} is installed: pip install '{text}'")

    def _list(self, section: str) -> Iterator[tuple[Key, Any]]:
        entries = self.data.get(section)
        if entries is None:
            return
        if not isinstance(entries, list):
            self.problem((section,), f"expected a list, got {entries!r}")
            return
        for index, entry in enumerate(entries, 1):
            yield (section, index), entry

    def _source(self, key: Key, entry: Any) -> SourceUse | None:
        """A loader with the options that every source has: format, split and name."""
        shared: dict[str, Any] = {}
        key_of = key
        if (
            isinstance(entry, dict)
            and len(entry) == 1
            and isinstance(options := next(iter(entry.values())), dict)
        ):
            name = next(iter(entry))
            shared = {option: options[option] for option in SHARED if option in options}
            entry = {name: {k: v for k, v in options.items() if k not in shared}}
            key_of = (*key, name)
            for option, value in shared.items():
                if option != "format":
                    shared[option] = self._value((*key_of, option), value, SHARED[option])
        loader = self._use("loader", key, entry, also=SHARED)
        chosen = self._use("format", (*key_of, "format"), shared["format"]) if shared.get("format") else None
        if loader is None:
            return None
        return SourceUse(
            loader, shared.get("name") or f"{loader.name}.{key[-1]}", chosen, shared.get("split")
        )

    def _uses(self, kind: str) -> list[Use]:
        """The components of a section that is a list."""
        return [use for key, entry in self._list(f"{kind}s") if (use := self._use(kind, key, entry))]

    def _use(self, kind: str, key: Key, entry: Any, also: dict[str, Option] | None = None) -> Use | None:
        """`name` or `name: {options}`, as a bound component."""
        if isinstance(entry, str):
            name, given = entry, None
        elif isinstance(entry, dict) and len(entry) == 1:
            name, given = next(iter(entry.items()))
            key = (*key, name)
        else:
            self.problem(key, f"expected a {kind}: a name or `name: {{options}}`, got {entry!r}")
            return None
        try:
            component = self.host.find(kind, name)
            schema = component.options
        except (ValueError, TypeError, NameError) as error:
            self.problem(key, str(error))
            return None
        options = self._options(key, given, schema, f"{kind} '{name}'", also or {})
        if options is None:
            return None
        bound = self._made(key, lambda: bind(component.call, options))
        return None if bound is None else Use(component, options, bound, self.place(key), name)

    def _options(
        self,
        key: Key,
        given: Any,
        schema: dict[str, Option],
        whose: str = "this section",
        also: dict[str, Option] | None = None,
    ) -> dict[str, Any] | None:
        """The checked options, or None where one of them is wrong."""
        if given is not None and not isinstance(given, dict):
            self.problem(key, f"expected options, `{{name: value}}`, got {given!r}")
            return None
        before = len(self.problems)
        options = {}
        for name, value in (given or {}).items():
            if name not in schema:
                self.problem(
                    (*key, name), f"no such option of {whose}.{suggest(name, [*schema, *(also or ())])}"
                )
            else:
                options[name] = self._value((*key, name), value, schema[name])
        for name, option in schema.items():
            if option.required and name not in (given or {}):
                self.problem(key, f"{whose} needs the option '{name}'")
        return options if len(self.problems) == before else None

    def _value(self, key: Key, value: Any, option: Option) -> Any:
        try:
            return option.check(value, self.folder)
        except ValueError as error:
            self.problem(key, str(error))
            return None

    def _made(self, key: Key, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except ValueError as error:
            self.problem(key, str(error))
            return None


def _numbered(uses: list[Use]) -> list[Use]:
    """Uses of one component told apart: length, length#2."""
    seen: Counter[str] = Counter()
    for index, use in enumerate(uses):
        seen[use.label] += 1
        if seen[use.label] > 1:
            uses[index] = replace(use, label=f"{use.label}#{seen[use.label]}")
    return uses
