"""The options of repair."""

from typing import Literal, NamedTuple

from pitchpipe_components.repair import turns

# Words that stand for an empty input in Alpaca rows, in lower case.
NO_CONTEXT = (
    "<noinput>", "<no input>", "noinput", "no input", "no additional input", "no context", "n/a", "none",
    "null", "无输入", "没有输入", "无需输入", "无",
)  # fmt: skip
UnknownRole = Literal["drop", "skip"]


class RepairRules(NamedTuple):
    """The values that a recipe gives to the options of repair."""

    first_reply: turns.FirstReply
    same_role: turns.SameRole
    system: turns.Systems
    unknown_role: UnknownRole
    no_context: tuple[str, ...]
    mojibake: bool
    html: bool
    newlines: bool
    controls: bool
    invisible: bool
    nbsp: bool
    reasoning: bool
    unanswered: turns.Unanswered
