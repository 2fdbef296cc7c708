"""What can be written at all: a row may hold dates, sets, numbers of any size and depths of any kind."""

from typing import Any

# What encoders raise; errors of text are values.
UNWRITABLE = (TypeError, ValueError, OverflowError, RecursionError)
DEEPEST = 100  # levels of lists and objects within each other


def plain(value: Any, levels: int = DEEPEST) -> Any:
    """A value of a loader or a plugin as one that every format can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if value is None or isinstance(value, bool | float | bytes):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else _digits(value)
    if isinstance(value, dict | list | tuple | set) and not levels:
        return "nested too deeply"
    if isinstance(value, dict):
        return {_key(name): plain(inner, levels - 1) for name, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(inner, levels - 1) for inner in value]
    return plain(str(value))


def _key(name: object) -> str | int:
    return name if isinstance(name, int) and not isinstance(name, bool) else plain(str(name))


def _digits(number: int) -> str:
    """A number of any length; Python writes only so many digits."""
    try:
        return str(number)
    except ValueError:
        return hex(number)
