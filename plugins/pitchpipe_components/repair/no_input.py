"""Words that stand for no input, as generated data has them: "<noinput>", "No input.", "Input: N/A"."""
# ruff: noqa: RUF001 marks of other languages are meant

import re
from collections.abc import Collection

from pitchpipe import Message, replace
from pitchpipe_components.repair.unmendable import shown

CUT = "words for no input cut off a prompt"
_AROUND = " \t\n\r`'\"<>[](){}（）【】《》“”‘’.:!。*_\\-"
_NEED = re.compile(
    r" (?:(?:is|are) )?(?:needed|required|necessary|provided|given|available|specified|applicable)$"
)
# At the end of a prompt: the mark of Self-Instruct, a line of its own, or what follows a label.
_AT_THE_END = re.compile(
    r"(?:(?<=[\n.,;:!?。！？])[ \t]*(?P<mark>`?<\s*no[ _-]?input\s*>`?)"
    r"|\n[ \t]*(?P<line>[\[(]?no input\b[^\n.]{0,24}[\])]?)"
    r"|\n[ \t]*(?:#+ ?)?input ?:\s*(?P<labelled>[`<\[(]?\s*n[^\n:]{1,30}))"
    r"[ \t.]*\s*\Z",
    re.IGNORECASE,
)


def stands_for_none(context: str, words: Collection[str]) -> bool:
    """Whether a context is empty, or one of the words, whatever stands around it: "[No input needed.]"."""
    low = context.strip().lower()
    if not low or low in words:
        return True
    bare = _NEED.sub("", re.sub(r"[\s_-]+", " ", low.strip(_AROUND)))
    return len(low) < 40 and bare in words


def suspected(text: str) -> bool:
    """Whether a prompt may end in such words; a quick check."""
    return "input" in text[-48:].lower()


def without_words(message: Message, words: Collection[str], notes: list[str]) -> Message:
    """A prompt without such words at the end of its content or its context."""
    if message.role != "user" or not (suspected(message.content) or suspected(message.context)):
        return message
    content, context = (_cut(text, words, notes) for text in (message.content, message.context))
    same = content == message.content and context == message.context
    return message if same else replace(message, content=content, context=context)


def _cut(text: str, words: Collection[str], notes: list[str]) -> str:
    found = _AT_THE_END.search(text)
    if (
        not found
        or not text[: found.start()].strip()
        or not stands_for_none(found[found.lastgroup or 0], words)
    ):
        return text
    notes.append(f"{CUT}: {shown(found[0].strip())}")
    return text[: found.start()].rstrip()
