"""The Jinja world of servers: a sandbox, with the filters and functions that all servers know."""

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from pitchpipe.errors import PitchpipeError, Quarantine

if TYPE_CHECKING:
    from jinja2 import Template


@lru_cache(maxsize=64)
def compiled(source: str) -> "Template":
    """The source as servers compile it: in a sandbox, with the filters and functions they all know."""
    from jinja2 import TemplateSyntaxError
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    world = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    world.filters["tojson"] = _to_json
    world.globals |= {"raise_exception": _refuse, "strftime_now": _today}
    # Marks of what is learned, for Transformers: elsewhere they mean nothing.
    source = re.sub(
        r"\{%([-+]?)\s*(?:end)?generation\s*([-+]?)%\}", r"{%\1 if true %}{%\1 endif \2%}", source
    )
    try:
        return world.from_string(source)
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


def _today(form: str) -> NoReturn:
    raise PitchpipeError(
        "the model's chat template writes today's date, so that no two days train the same."
        " Name the day in the template's `variables`, by the name that it has there:"
        " variables: {date_string: 26 Jul 2024}"
    )
