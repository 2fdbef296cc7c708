"""Bodies become parameters, value by value. What is wrong is said with what it must be, and what it is."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from pitchpipe.host.serving import Declined
from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.api.unsupported import Unsupported, sift

P = TypeVar("P", bound=msgspec.Struct)
_SHOWN = 60  # characters of a value
_PLACE = re.compile(r" - at `\$\.?(.*)`$", re.DOTALL)
_FIELD = re.compile(r"`(.*)`$")


def checked(kind: type[P], body: Json, refused: Mapping[str, Unsupported]) -> P:
    """The parameters that a body names."""
    asked = sift(body, set(kind.__struct_fields__), refused)
    try:
        return msgspec.convert(asked, kind)
    except msgspec.ValidationError as error:
        raise _declined(kind, asked, str(error)) from None


def wrong(name: str, must: str, value: Any) -> Declined:
    """That a parameter is not what it must be."""
    return Declined(400, f"'{name}' must be {must}, not {shown(value)}", name, "invalid_value")


def shown(value: Any) -> str:
    """A value as JSON, short."""
    text = msgspec.json.encode(value).decode() if not isinstance(value, float) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 4]} ..."


def must_be(kind: type[msgspec.Struct], name: str) -> str:
    """What a parameter must be."""
    return described(kind)[name].partition(";")[0]


def described(kind: type[msgspec.Struct]) -> dict[str, str]:
    """The parameters, each with its description."""
    return {one.name: _description(one.type) for one in msgspec.structs.fields(kind)}


def _description(kind: Any) -> str:
    if (schema := getattr(kind, "__metadata__", None)) and schema[0].description:
        return str(schema[0].description)
    return next((words for one in getattr(kind, "__args__", ()) if (words := _description(one))), "")


def _declined(kind: type[msgspec.Struct], asked: Json, why: str) -> Declined:
    found = _PLACE.search(why)
    if not found and (missing := _FIELD.search(why)):
        message = f"'{missing[1]}' is missing: {must_be(kind, missing[1])}"
        return Declined(400, message, missing[1], "missing_required_parameter")
    name = re.split(r"[.\[]", found[1])[0] if found else ""
    if name not in asked:
        return Declined(400, why)
    return wrong(name, must_be(kind, name), asked[name])
