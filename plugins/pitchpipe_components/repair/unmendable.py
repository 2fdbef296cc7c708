"""What repair cannot mend: the reason travels up as an exception and ends as a drop."""

from typing import Any

_LONGEST = 60  # characters of a value that a reason shows


class Unmendable(Exception):
    """The conversation cannot be made sound without guessing."""


def shown(value: Any) -> str:
    """A value as a reason shows it, however large it is."""
    text = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
