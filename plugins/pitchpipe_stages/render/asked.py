"""A reply in the very prompt that a server would send for it."""

import re
from dataclasses import dataclass

from pitchpipe_stages.render.chat_template import Passed
from pitchpipe_stages.render.marking import TaggedText

# A mark around reasoning: <think>, </think>, [THINK], <seed:think>.
THOUGHT = re.compile(r"[<\[][^<>\[\]\s]*think[^<>\[\]\s]*[>\]]", re.I)
CLEAN, WORDY, COMPOSED = 0, 1, 2  # how well a way to ask fits a reply, the best first


@dataclass(slots=True)
class Asked:
    """A reply at the end of its text. It is learned from `start`, where the prompt ends, to `end`."""

    reply: int
    text: str
    parts: list[TaggedText]
    start: int
    end: int
    stop: str
    request: Passed
    fit: int
    note: str = ""


def belongs(tag: str, index: int) -> bool:
    """Is a part of the text a message's?"""
    return tag[:-1] == str(index)
