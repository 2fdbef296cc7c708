"""The exception for conversations that repair cannot mend; `repair` turns its reason into a drop."""

from typing import Any

_LONGEST = 60  # the most characters of a value that a reason shows


class Unmendable(Exception):
    """The conversation cannot be made sound without guessing."""


def shown(value: Any) -> str:
    """Writes a value for a reason, shortened if it is long."""
    try:
        text = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    except ValueError:  # Python refuses to write integers of more than 4300 digits
        text = type(value).__name__
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
