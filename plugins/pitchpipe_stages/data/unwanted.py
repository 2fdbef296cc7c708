"""Rows that are sound and that nobody wants to learn: replies that were judged bad, and media."""

from typing import Any

from pitchpipe.records.conversation import Conversation, Json
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.data.judged import Judged, bad
from pitchpipe_stages.data.media import media
from pitchpipe_stages.data.sections import SourceUse

SAYS = "undesired reply, says {}"
HOLDS = "holds {}, which cannot be learned"


class Unwanted(Drop, frozen=True, gc=False, omit_defaults=True):
    """A decision against a row that is sound: it is dropped, not quarantined."""


def unwanted(row: Json, conversation: Conversation, source: SourceUse, judged: Judged) -> str:
    """Why a row is not learned. Reports count reasons by the words before the colon."""
    if source.media == "drop" and (column := media(conversation)):
        return HOLDS.format(column)
    if isinstance(source.undesired, dict):
        column = next((c for c, value in source.undesired.items() if _is(row.get(c), value)), "")
    else:
        column = bad(row, conversation, judged) if source.undesired == "drop" else ""
    return f"{SAYS.format(column)}: {row[column]!r:.40}" if column else ""


def cure(reason: str, rows: int) -> str:
    """What a person should know of rows that were dropped for such a reason; nothing where it is another."""
    if reason.startswith(SAYS.format("")):
        column = reason.removeprefix(SAYS.format(""))
        return (
            f"rows that {column} calls bad, and that are not learned: {rows:,}; `undesired: keep` learns them"
        )
    if reason.startswith("holds ") and reason.endswith(HOLDS.partition("{}")[2]):
        column = reason.removeprefix("holds ").removesuffix(HOLDS.partition("{}")[2])
        return (
            f"rows with {column}, which are not learned: {rows:,}; `media: ignore` learns their words alone"
        )
    return ""


def _is(found: Any, named: Any) -> bool:
    """Is it the value that the recipe names, or one of several?"""
    values = named if isinstance(named, list) else [named]
    return any(found == value or str(found).strip().lower() == str(value).lower() for value in values)
