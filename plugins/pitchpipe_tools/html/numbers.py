"""Numbers as text for people."""


def number(value: float | str | None) -> str:
    """A number with thousands separators or three digits, as in 12,345 or 0.0312. Text stays as it is."""
    if value is None or isinstance(value, str):
        return value or ""
    if value == int(value) if abs(value) < 1e15 else False:
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.3g}"


def brief(value: float) -> str:
    """A number for an axis, as in 10k or 2.5M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def share(part: float, whole: float) -> str:
    """A share as per cent. Only a share of exactly 0 or 1 is written as 0% or 100%."""
    if not whole:
        return "0%"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "<0.1%"
    if 99.9 < percent < 100:
        return ">99.9%"
    return f"{percent:.0f}%" if percent in (0, 100) else f"{percent:.1f}%"
