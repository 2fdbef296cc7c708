"""How long a server wants to be left alone: Retry-After, in seconds or as a date."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def after(headers: dict[str, str]) -> float | None:
    """Seconds to wait; nothing where the server does not say, or says none."""
    milliseconds, said = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    try:
        seconds = float(milliseconds) / 1000 if milliseconds else float(said)
    except ValueError:
        seconds = _until(said, headers.get("date", ""))
    return seconds if seconds > 0 else None


def _until(said: str, now: str) -> float:
    """Seconds until a date, by the server's own clock where it shows it: ours may be another."""
    until = _date(said)
    return (until - (_date(now) or datetime.now(UTC))).total_seconds() if until else 0.0


def _date(said: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(said)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
