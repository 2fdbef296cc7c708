"""Finds replies that stand for no reply: "<nooutput>", "No output.", "N/A"."""
# ruff: noqa: RUF001 other quotes are meant

import re
from typing import Annotated

from pitchpipe import Conversation, Meta, Verdict, judged
from pitchpipe_components.text.asked import given
from pitchpipe_components.text.prose import without_code
from pitchpipe_components.text.quote import around, quoting

# How the prompts of Self-Instruct and Alpaca write that there is nothing; no person writes so.
_MARK = re.compile(r"<\s*no[ _-]?(?:out|in)put\s*>", re.IGNORECASE)
# The same in words, as the whole reply or as the first thing that it says.
_WORDS = re.compile(
    r"\W*(?:output ?: *)?"
    r"(?:no[ _-]?(?:out|in)put(?: (?:is )?(?:needed|required|necessary|available|provided|given|possible"
    r"|expected))?"
    r"|n/a|not applicable|no (?:response|answer)(?: (?:is )?(?:needed|required|necessary|available"
    r"|provided|given))?)"
    r"(?:\W*\Z|[.,:;)\]] *(?=(?:because|as|since|this|the (?:task|instruction|input)|it is)\b))"
    r"|\W*(?:无输出|没有输出|无需输出|不适用)\W*\Z",
    re.IGNORECASE,
)
_BY_A_MODEL = re.compile(
    r"\b(?:can ?not|can't|can’t|unable to) be (?:fulfilled|completed|executed|performed|carried out|done)"
    r" (?:by|with|using) "
    r"(?:an? |this )?(?:gpt|ai|text|language)\b[^.\n]{0,30}",
    re.IGNORECASE,
)
# Programs may well print nothing, and a form may well say N/A.
_ABOUT = re.compile(
    r"\b(?:outputs?|prints?|printed|codes?|programs?|functions?|scripts?|commands?|quer(?:y|ies)|n/a"
    r"|not applicable"
    r"|(?:no|an) (?:answer|response)|translat\w*|\w*phrase|synonyms?)\b|代码|程序|输出",
    re.IGNORECASE,
)


def no_output(
    conversation: Conversation,
    *,
    max_no_outputs: Annotated[int, Meta(ge=0, description="the most replies that say nothing")] = 0,
) -> Verdict:
    """Drops conversations with replies that stand for no reply: "<nooutput>", "No output.", "N/A".

    Generated data has them where a task could not be done. Exempt are code, a mark that a prompt holds as
    well, and the words where a prompt speaks of output, of code or of N/A: a program may print nothing.
    """
    finds = []
    for message in conversation.messages:
        if message.role == "assistant" and not message.tool_calls:
            finds += _found(conversation, message.content)
    verdict = judged(conversation, no_outputs=(len(finds), None, max_no_outputs))
    return quoting(verdict, lambda: finds[0])


def _found(conversation: Conversation, reply: str) -> list[str]:
    """The words of one reply that stand for none."""
    if "<" in reply and _MARK.search(reply):
        plain = without_code(reply)
        mark = _MARK.search(plain)
        if mark and not _MARK.search(given(conversation)):
            return [around(plain, *mark.span())]
    found = _WORDS.match(reply)
    if not found and ("t be " in reply or "unable to be " in reply):
        found = _BY_A_MODEL.search(reply)
    if found and not _ABOUT.search(given(conversation)):
        return [around(reply, *found.span())]
    return []
