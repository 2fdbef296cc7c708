"""What an instruction may be: words that a text model cannot serve, and odd openings."""

from typing import Annotated

from pitchpipe import Conversation, Drop, Meta, Verdict, drop, judged
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.spoken import first_prompt

# Those of Self-Instruct and of Alpaca: they ask for what is no text, or what is not there.
BLACKLIST = (
    "image", "images", "graph", "graphs", "picture", "pictures", "file", "files", "map", "maps",
    "draw", "plot", "go to", "video", "audio", "music", "flowchart", "diagram",
)  # fmt: skip


def blacklist(
    conversation: Conversation,
    *,
    words: Annotated[
        tuple[str, ...], Meta(description="words and phrases, whole, in any case unless all in capitals")
    ] = BLACKLIST,
    extra: Annotated[tuple[str, ...], Meta(description="words and phrases besides")] = (),
    openings: Annotated[tuple[str, ...], Meta(description="no instruction may open so")] = (
        "write a program",
    ),
    max_blacklisted: Annotated[int, Meta(ge=0, description="as many hits there may be")] = 0,
) -> Verdict:
    """Drop instructions that ask for what text cannot give: "draw", "image", "go to".

    Only the first user message is looked at, without its context. Meant for instructions that a model has
    made up; people's own may well be about files and maps.
    """
    text = first_prompt(conversation)
    low = text.lower()
    found = among(words, extra).count(text, low)
    found += low.lstrip().startswith(tuple(map(str.lower, openings)))
    return judged(conversation, blacklisted=(found, None, max_blacklisted))


def opening(
    conversation: Conversation,
    *,
    punctuation: Annotated[bool, Meta(description="drop those that open with punctuation")] = True,
    non_ascii: Annotated[bool, Meta(description="drop those that open with a letter outside ASCII")] = False,
) -> Conversation | Drop:
    """Drop instructions that open oddly: with punctuation, or outside ASCII.

    A quote, a bracket, an inverted mark, a fence, a slash and a number sign may open an instruction.
    """
    first = first_prompt(conversation).lstrip()[:1]
    if punctuation and first in tuple("!%&)*+,-.:;<=>?@\\]^_|}~"):
        return drop(f"prompt opens with punctuation: {first}")
    if non_ascii and not first.isascii():
        return drop("prompt opens outside ASCII")
    return conversation
