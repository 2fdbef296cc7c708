"""The Jinja world of servers: a sandbox, with the filters and functions that all servers know."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from pitchpipe.errors import PitchpipeError, Quarantine

if TYPE_CHECKING:
    from jinja2 import Environment, Template, nodes


DAY = "2024-07-26"  # the day that Llama's own chat template has where nobody names one


@lru_cache(maxsize=64)
def compiled(source: str, day: str = "") -> "Template":
    """The source as servers compile it: in a sandbox, with the filters and functions they all know.

    `day` is today, as 2024-07-26: the clock would make no two days train the same.
    """
    world = _world()
    world.globals |= {"raise_exception": _refuse, "strftime_now": date.fromisoformat(day or DAY).strftime}
    with _syntax():
        return world.from_string(_unmarked(source))


def parsed(source: str) -> "nodes.Template":
    """The source as a tree."""
    with _syntax():
        return _world().parse(_unmarked(source))


def _world() -> "Environment":
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    world = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    world.filters["tojson"] = _to_json
    return world


def _unmarked(source: str) -> str:
    """The source without marks of what is learned: they are for Transformers alone."""
    return re.sub(r"\{%([-+]?)\s*(?:end)?generation\s*([-+]?)%\}", r"{%\1 if true %}{%\1 endif \2%}", source)


@contextmanager
def _syntax() -> Iterator[None]:
    from jinja2 import TemplateSyntaxError

    try:
        yield
    except TemplateSyntaxError as error:
        raise PitchpipeError(f"the chat template is no Jinja: line {error.lineno}: {error}") from None


def _to_json(
    value: object,
    ensure_ascii: bool = False,
    indent: int | str | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """As Transformers writes it: letters as they are, keys in their order."""
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def _refuse(reason: str) -> NoReturn:
    raise Quarantine(f"the chat template refuses it: {reason}")
