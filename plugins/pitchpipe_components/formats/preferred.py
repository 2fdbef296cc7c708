"""Two continuations of one chat, a better one and a worse one, become one conversation."""

from collections.abc import Iterable
from typing import Any

from pitchpipe import Conversation, Drop, Message
from pitchpipe_components.formats.assemble import conversation
from pitchpipe_components.formats.tools import tools_of
from pitchpipe_components.formats.turns import Spoken


def preferred(
    row: dict[str, Any],
    asked: Spoken | Drop,
    better: Spoken | Drop,
    worse: Spoken | Drop,
    used: Iterable[str],
) -> Conversation | Drop:
    """The better turns as the conversation, and the worse reply where the two part only in their last turn.

    Lists of turns may repeat the prompt. Where they part earlier, what was rejected is left in meta.
    """
    if isinstance(asked, Drop):
        return asked
    if isinstance(better, Drop):
        return better
    if isinstance(worse, Drop):
        return worse
    tools, named = tools_of(row)
    left = set()
    if _repeats(better.messages, asked.messages):
        words = [message.content for message in better.messages]
        left = set() if all(message.content in words for message in asked.messages) else {"prompt"}
        asked = Spoken([], [])
    rejected = worse.messages[-1] if _parts_last(better.messages, worse.messages) else None
    left |= set() if rejected else {"rejected", "non_preferred_output"}
    return conversation(
        asked.messages + better.messages,
        row,
        {*used, named} - {*left, ""},
        rejected=rejected,
        tools=tools,
        turns=asked.turns + better.turns,
    )


def _parts_last(some: list[Message], others: list[Message]) -> bool:
    """Whether two lists of turns are the same up to their last turns."""
    return bool(some) and len(some) == len(others) and some[:-1] == others[:-1]


def _repeats(better: list[Message], asked: list[Message]) -> bool:
    """Whether a list of turns begins with the prompt, rather than with the reply to it."""
    earlier = [message.role for message in better[:-1]]
    return bool(earlier) and earlier[0] != "assistant" and any(message.role in earlier for message in asked)
