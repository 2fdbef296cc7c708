"""A component's signature is its schema: read its options, check values against them, bind them."""

import inspect
import os
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta as Meta

from pitchpipe.errors import suggest

REQUIRED = inspect.Parameter.empty
_NAMES = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
_NAMES |= {Path: "a path", type(None): "null"}
_LIMITS = {"ge": "of at least", "gt": "above", "le": "of at most", "lt": "below"}

_TOO_LONG = "a longer one is dropped, cut by whole exchanges at its end or its start, split into several, or "
_TOO_LONG += "stops the run"
TooLong = Annotated[Literal["drop", "cut_end", "cut_start", "split", "stop"], Meta(description=_TOO_LONG)]


@dataclass(frozen=True)
class Option:
    """One option of a component. `default` is REQUIRED where the recipe must say it."""

    name: str
    type: Any
    default: Any

    @property
    def description(self) -> str:
        return _meta(self.type, "description") or ""

    @property
    def required(self) -> bool:
        return self.default is REQUIRED

    @property
    def component(self) -> str:
        """The kind of component that its value names: `Meta(extra_json_schema={"x-component": kind})`."""
        return (_meta(self.type, "extra_json_schema") or {}).get("x-component", "")

    @property
    def many(self) -> bool:
        """Whether it takes a list."""
        return _entry(self.type) is not None

    def problem(self) -> str:
        """Why recipes could not be checked against this option, or nothing."""

        def path(kind: type) -> dict[str, str]:
            if kind is Path:
                return {"type": "string"}
            raise TypeError(f"a recipe has no values of type {kind.__name__}")

        try:
            msgspec.json.schema(self.type, schema_hook=path)
        except (TypeError, ValueError, RuntimeError) as error:
            return str(error).partition("\n")[0]
        return ""

    def check(self, value: object, folder: Path) -> object:
        """The value as the component gets it; a ValueError says what was expected."""

        def path(wanted: type, given: Any) -> object:
            if wanted is Path and isinstance(given, str):
                return folder / os.path.expanduser(given)
            raise msgspec.ValidationError(f"got {given!r}")

        try:
            return msgspec.convert(value, self.type, dec_hook=path)
        except msgspec.ValidationError:
            raise ValueError(_complaint(value, self.type)) from None


def _complaint(value: object, kind: Any) -> str:
    """What was expected instead of a value; of a list, what is wrong with its first wrong entry."""
    if _entry(kind) is not None and isinstance(value, list):
        for entry in value:
            try:
                msgspec.convert(entry, _entry(kind), dec_hook=lambda wanted, given: given)
            except msgspec.ValidationError:
                return _complaint(entry, _entry(kind))
    near = suggest(value, map(str, _choices(kind))) if isinstance(value, str) else ""
    return f"expected {describe(kind)}, got {value!r}.{near if 'mean' in near else ''}"


def options_of(component: Callable[..., object]) -> dict[str, Option]:
    """The keyword-only parameters of a function, or the parameters of a class, by name."""
    own, also = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    wanted = (own, also) if inspect.isclass(component) else (own,)
    parameters = [p for p in inspect.signature(component).parameters.values() if p.kind in wanted]
    hints = {p.name: Any if p.default in (REQUIRED, None) else type(p.default) for p in parameters}
    hints |= _hints(component, set(hints))
    return {p.name: Option(p.name, hints[p.name], p.default) for p in parameters}


def _hints(component: Callable[..., object], names: set[str]) -> dict[str, Any]:
    """The types of these parameters; those of others may stand in names that only type checkers see."""
    function = component.__init__ if inspect.isclass(component) else component
    function = function if inspect.isroutine(function) else type(function).__call__
    written = {name: hint for name, hint in getattr(function, "__annotations__", {}).items() if name in names}
    stand_in = types.SimpleNamespace(__annotations__=written)
    return typing.get_type_hints(stand_in, getattr(function, "__globals__", {}), include_extras=True)


def bind(component: Callable[..., Any], options: dict[str, object]) -> Any:
    """A class is made with its options; a function waits for its data with its options set."""
    if inspect.isclass(component):
        return component(**options)
    return partial(component, **options) if options else component


def describe(kind: Any) -> str:
    """A type in plain words: "a whole number of at least 1", "one of drop, cut, stop"."""
    plain = _plain(kind)
    origin, arguments = typing.get_origin(plain), typing.get_args(plain)
    if origin is Literal:
        words = "one of " + ", ".join(map(str, arguments))
    elif origin in (types.UnionType, typing.Union):
        words = ", or ".join(describe(part) for part in arguments)
    elif origin in (list, tuple, set):
        words = f"a list, each entry {describe(arguments[0]) if arguments else 'anything'}"
    elif dict in (origin, plain):
        words = "a mapping"
    else:
        words = str(_NAMES.get(plain) or getattr(plain, "__name__", plain))
    limits = [f"{word} {limit}" for name, word in _LIMITS.items() if (limit := _meta(kind, name)) is not None]
    return " ".join([words, " and ".join(limits)]).strip()


def _plain(kind: Any) -> Any:
    return typing.get_args(kind)[0] if typing.get_origin(kind) is typing.Annotated else kind


def _entry(kind: Any) -> Any:
    """The type of a list's entries."""
    plain = _plain(kind)
    return typing.get_args(plain)[0] if typing.get_origin(plain) in (list, tuple, set) else None


def _choices(kind: Any) -> tuple[Any, ...]:
    """The words that an option takes, whatever else it takes."""
    plain = _plain(kind)
    parts, is_choice = typing.get_args(plain), typing.get_origin(plain) is Literal
    return parts if is_choice else tuple(choice for part in parts for choice in _choices(part))


def _meta(kind: Any, name: str) -> Any:
    found = (getattr(meta, name, None) for meta in getattr(kind, "__metadata__", ()))
    return next((value for value in found if value is not None), None)
