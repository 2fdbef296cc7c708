"""Rows that are sound and that nobody wants to learn: replies that were judged bad, and media."""

from pitchpipe.records.conversation import Conversation, Json
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.data.judged import Judged, bad
from pitchpipe_stages.data.learnable import DIFFERS, NO_REJECTED, NO_REPLY, UNJUDGED, is_value
from pitchpipe_stages.data.media import media
from pitchpipe_stages.data.sections import SourceUse
from pitchpipe_stages.learns import Learns

SAYS = "undesired reply, says {}"
HOLDS = "holds {}, which cannot be learned"
CURES = {
    NO_REJECTED: "rows without a rejected reply, which the trainer has nothing to compare with",
    DIFFERS: "pairs whose chats differ before their last reply, so that the replies answer different prompts",
    UNJUDGED: "rows of which no column says whether the reply is good or bad, which the trainer has to know;"
    " `undesired: {COLUMN: VALUE}` at the source names the value that is bad",
    NO_REPLY: "rows that end without a reply to judge",
}


class Unwanted(Drop, frozen=True, gc=False, omit_defaults=True):
    """A decision against a row that is sound: it is dropped, not quarantined."""


def unwanted(
    row: Json, conversation: Conversation, source: SourceUse, judged: Judged, learns: Learns = "replies"
) -> str:
    """Why a row is not learned. Reports count reasons by the words before the colon."""
    if source.media == "drop" and (column := media(conversation)):
        return HOLDS.format(column)
    if learns == "judged":
        return ""  # it learns from bad replies too
    if isinstance(source.undesired, dict):
        column = next((c for c, value in source.undesired.items() if is_value(row.get(c), value)), "")
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
    if reason in CURES:
        what, _, cured = CURES[reason].partition(";")
        return f"{what}: {rows:,}{cured and ';'}{cured}"
    if reason.startswith("holds ") and reason.endswith(HOLDS.partition("{}")[2]):
        column = reason.removeprefix("holds ").removesuffix(HOLDS.partition("{}")[2])
        return (
            f"rows with {column}, which are not learned: {rows:,}; `media: ignore` learns their words alone"
        )
    return ""
