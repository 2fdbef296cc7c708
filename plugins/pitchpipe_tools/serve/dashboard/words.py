"""Durations in few words."""

UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def lasting(seconds: float) -> str:
    """As in 3 h 12 min."""
    left, parts = int(seconds), list[str]()
    for size, unit in UNITS:
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or f"{left} s"


def quick(seconds: float) -> str:
    """As in 42 ms, or 1.3 s."""
    return f"{1000 * seconds:.0f} ms" if seconds < 0.9995 else f"{seconds:.3g} s"
