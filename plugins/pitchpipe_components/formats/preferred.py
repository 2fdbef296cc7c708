"""Makes one conversation of two continuations of a chat, a better and a worse one."""

from collections.abc import Iterable
from typing import Any

from pitchpipe import Drop, Message
from pitchpipe_components.formats.assemble import Result, conversation
from pitchpipe_components.formats.tools import tools_of
from pitchpipe_components.formats.turns import Spoken


def preferred(
    row: dict[str, Any],
    prompt: Spoken | Drop,
    better: Spoken | Drop,
    worse: Spoken | Drop,
    used: Iterable[str],
    asked: str = "prompt",
) -> Result:
    """Makes a conversation of the better turns; the worse reply is rejected if only the last turns differ.

    Lists of turns may repeat the prompt. If the turns differ earlier, the rejected chat stays in meta.
    """
    if isinstance(prompt, Drop):
        return prompt
    if isinstance(better, Drop):
        return better
    if isinstance(worse, Drop):
        return worse
    tools, named = tools_of(row)
    unread = set()
    if _repeats(better.messages, prompt.messages):
        contents = [message.content for message in better.messages]
        unread = set() if all(message.content in contents for message in prompt.messages) else {asked}
        prompt = Spoken([], [])
    rejected = worse.messages[-1] if _equal_before_last(better.messages, worse.messages) else None
    unread |= set() if rejected else {"rejected", "non_preferred_output"}
    return conversation(
        prompt.messages + better.messages,
        row,
        {*used, named} - {*unread, ""},
        rejected=rejected,
        tools=tools,
        turns=prompt.turns + better.turns,
        rejected_turn=worse.turns[-1] if rejected else None,
    )


def _equal_before_last(better: list[Message], worse: list[Message]) -> bool:
    """Whether two lists of turns are equal up to their last turns."""
    return bool(better) and len(better) == len(worse) and better[:-1] == worse[:-1]


def _repeats(better: list[Message], prompt: list[Message]) -> bool:
    """Whether a list of turns begins with the prompt, and not with the reply to it."""
    earlier = [message.role for message in better[:-1]]
    return bool(earlier) and earlier[0] != "assistant" and any(message.role in earlier for message in prompt)
