"""What a recipe may say about repair."""

from typing import Literal, NamedTuple

from pitchpipe_components.repair import turns

# Words that stand for "there is no input" in Alpaca rows, in small letters.
NO_CONTEXT = ("<noinput>", "<no input>", "noinput", "no input", "n/a", "none", "null")
UnknownRole = Literal["drop", "skip"]


class Rules(NamedTuple):
    """The options of a recipe."""

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
