"""Finds instructions that a text model cannot serve, and instructions with odd openings."""

from typing import Annotated

from pitchpipe import Conversation, Drop, Meta, Verdict, drop, judged
from pitchpipe_components.text.phrases import among
from pitchpipe_components.text.quote import quoting
from pitchpipe_components.text.spoken import first_prompt

# The words up to "go to" come from the code of Self-Instruct (Wang et al. 2022, arXiv 2212.10560), and so
# does the opening "write a program" below; the code of Stanford Alpaca (2023) adds the other words.
BLACKLIST = (
    "image", "images", "graph", "graphs", "picture", "pictures", "file", "files", "map", "maps",
    "draw", "plot", "go to", "video", "audio", "music", "flowchart", "diagram",
)  # fmt: skip


def blacklist(
    conversation: Conversation,
    *,
    words: Annotated[
        tuple[str, ...], Meta(description="whole words and phrases; those in capitals match capitals only")
    ] = BLACKLIST,
    extra: Annotated[tuple[str, ...], Meta(description="more words and phrases")] = (),
    openings: Annotated[tuple[str, ...], Meta(description="openings that count as one hit")] = (
        "write a program",
    ),
    max_blacklisted: Annotated[int, Meta(ge=0, description="the most hits of an instruction")] = 0,
) -> Verdict:
    """Drops conversations whose instruction asks for what text cannot give: "draw", "image", "go to".

    The filter reads only the first user message, without its context. It suits instructions that a model
    made up; people's own instructions may well be about files and maps.
    """
    text = first_prompt(conversation)
    low = text.lower()
    wanted = among(words, extra)
    found = wanted.count(text, low)
    found += low.lstrip().startswith(tuple(map(str.lower, openings)))
    verdict = judged(conversation, blacklisted=(found, None, max_blacklisted))
    return quoting(verdict, lambda: wanted.quote(text) or text.lstrip()[:40])


def opening(
    conversation: Conversation,
    *,
    punctuation: Annotated[bool, Meta(description="drop instructions that open with punctuation")] = True,
    non_ascii: Annotated[bool, Meta(description="drop instructions that open outside ASCII")] = False,
) -> Conversation | Drop:
    """Drops conversations whose instruction opens oddly: with punctuation, or outside ASCII.

    A quote, an opening bracket, an inverted mark, a fence, a slash or a number sign may open an instruction.
    """
    first = first_prompt(conversation).lstrip()[:1]
    if punctuation and first in tuple("!%&)*+,-.:;<=>?@\\]^_|}~"):
        return drop(f"prompt opens with punctuation: {first}")
    if non_ascii and not first.isascii():
        return drop("prompt opens outside ASCII")
    return conversation
