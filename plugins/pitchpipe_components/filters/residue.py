"""Finds what a chat page left in text that was copied from it."""

import re
from typing import Annotated

from pitchpipe import Conversation, Drop, Meta, Verdict, drop, judged
from pitchpipe_components.text.rewrite import rewrite

_TAIL = 64  # characters at the end of a message, where the page's buttons and errors stand
_BUTTONS = ("Regenerate response", "Regenerate", " generating", "Share Prompt", " words")
_ERRORS = ("NETWORK ERROR", "API REQUEST ERROR", "Too many requests in 1 hour. Try again later.")
_CURSORS = ("▌", "█", "▍", "▋")
_SIGNS = (*_BUTTONS, *_CURSORS)

# The button of a code block stands at the end of the opening fence, or on a line of its own.
_COPY = re.compile(
    r"^(?P<fence>[ \t]*```[ \t]*[\w+#.-]*)Copy code[ \t]*$"
    r"|^[ \t]*(?:[\w+#.-]{0,20}Copy code|Copy ?\d+ chars / \d+ words)[ \t]*(?:\n|\Z)",
    re.MULTILINE,
)
_ENDING = re.compile(
    r"(?:(?:\A|(?<=\n))[ \t]*"
    r"(?:Regenerate(?: response)?|Continue generating|Stop generating|Share Prompt)\s*)+\Z"
)
_CURSOR = re.compile(r"[^▌█▍▋▊▉▎▏░▒▓][▌█▍▋]\Z")  # two or more are a progress bar
_COUNTER = re.compile(r"\A\s*(\d{1,2}) / (\d{1,2})[ \t]*\n\s*(?=\S)")  # the number of the answer shown


def interface_residue(
    conversation: Conversation,
    *,
    mend: Annotated[bool, Meta(description="take the residue out; false: drop the conversation")] = True,
    max_residues: Annotated[
        int, Meta(ge=0, description="with `mend: false`, the most messages with residue")
    ] = 0,
) -> Conversation | Drop | Verdict:
    """Takes out what a chat page left in any message: "Copy code", "Regenerate response", "2 / 3", a cursor.

    A text may speak of such buttons. So the filter removes "Copy code" only at a fence or as a line of its
    own, a counter only above an answer, other buttons and cursors only at the end. A reply that ends in an
    error of the page ("NETWORK ERROR") is broken: the conversation is dropped. The score counts messages with
    residue.
    """
    residues = 0
    for message in conversation.messages:
        content = message.content
        tail = content[-_TAIL:].rstrip()
        if tail.endswith(_ERRORS) and message.role == "assistant":
            return drop("interface error in a reply")
        if _suspected(content, tail):
            residues += _cleaned(content) != content
    if not residues or not mend:
        return judged(conversation, residues=(residues, None, None if mend else max_residues))
    edited = rewrite(conversation, _cleaned)
    if any(m.role == "assistant" and not (m.content.strip() or m.tool_calls) for m in edited.messages):
        return drop("nothing but interface residue in a reply")
    return Verdict(edited, {"residues": (residues, None, None)}, ("interface residue",))


def _suspected(content: str, tail: str) -> bool:
    return (
        "Copy code" in content or (content[:1].isdecimal() and " / " in content[:8]) or tail.endswith(_SIGNS)
    )


def _cleaned(text: str) -> str:
    text = _ENDING.sub("", _COPY.sub(lambda found: found["fence"] or "", text))
    counter = _COUNTER.match(text)
    if counter and 1 <= int(counter[1]) <= int(counter[2]):
        text = text[counter.end() :]
    drawn = sum(map(text.count, _CURSORS)) > 1  # blocks are drawn with, too
    return text[:-1] if _CURSOR.search(text) and not drawn else text
