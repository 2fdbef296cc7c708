"""Values of a request, one at a time: the right type and sound text, or the request is declined by name."""

from collections.abc import Collection
from typing import Any

from pitchpipe.errors import suggest
from pitchpipe.host.serving import Declined
from pitchpipe.records.conversation import Json

DEEP = 32  # levels of JSON within a tool or a call
_KINDS = {str: "text", list: "a list", dict: "an object", bool: "true or false", int: "a whole number"}


def wrong(message: str, param: str, code: str = "invalid_value") -> Declined:
    """A request that cannot be answered as it is."""
    return Declined(400, message, param, code)


def must_be(value: Any, kind: type, param: str) -> Any:
    """The value, which is of this kind."""
    if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    raise wrong(f"'{param}' must be {_KINDS[kind]}, not {_named(value)}", param, "invalid_type")


def text_in(value: Any, param: str) -> str:
    """A text that can be written as UTF-8."""
    text: str = must_be(value, str, param)
    try:
        text.encode()
    except UnicodeEncodeError as broken:
        at = broken.start
        raise wrong(f"'{param}' holds half of a character: {text[at]!a} at place {at}", param) from None
    return text


def only_keys(found: Json, known: Collection[str], param: str) -> None:
    """Nothing is ignored: a key that nobody reads must hold null, or it is refused by name."""
    for key, value in found.items():
        if key not in known and value is not None:
            name = f"{param}.{key}"
            raise wrong(f"'{name}' is not supported.{suggest(key, known)}", name, "unsupported_parameter")


def sound_json(value: Any, param: str, depth: int = DEEP) -> Any:
    """JSON of whatever shape, whose texts are sound and which is not too deep."""
    if not depth:
        raise wrong(f"'{param}' is nested too deep: at most {DEEP} levels", param)
    if isinstance(value, str):
        return text_in(value, param)
    if isinstance(value, dict):
        for key, entry in value.items():
            text_in(key, param)
            sound_json(entry, param, depth - 1)
    elif isinstance(value, list):
        for entry in value:
            sound_json(entry, param, depth - 1)
    elif isinstance(value, float) and value - value != 0:
        raise wrong(f"'{param}' holds a number that JSON does not know", param)
    return value


def _named(value: Any) -> str:
    if value is None:
        return "null"
    return next((name for kind, name in _KINDS.items() if type(value) is kind), "a number")
