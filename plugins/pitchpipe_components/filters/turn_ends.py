"""Cuts off the tokens that end a turn where scraped replies keep them at their end."""
# ruff: noqa: RUF001 non-ASCII characters are meant

import re

from pitchpipe import Conversation, Message, replace

_END = (
    r"(?:<\|(?:im_end|endoftext|end_of_text|eot_id|eom_id|eot|end|END_OF_TURN_TOKEN)\|>"
    r"|</s>|<eos>|<end_of_turn>|<｜end▁of▁sentence｜>)"
)
# What a template writes next, if nothing else comes: the beginning of another turn.
_NEXT = r"(?:<s>|\[INST\]|<\|im_start\|>(?:user)?|<start_of_turn>(?:user)?)"
_AT_THE_END = re.compile(rf"\s*{_END}(?:\s*(?:{_END}|{_NEXT}))*\s*\Z")
_ANYWHERE = re.compile(_END)


def without_ends(conversation: Conversation) -> tuple[Conversation, list[str]]:
    """A conversation whose replies end with their words, and what was cut off.

    Where a message has such a token among its words, the talk is of tokens, and nothing is cut.
    """
    rejected = conversation.rejected
    everything = [*conversation.messages, *([rejected] if rejected else [])]
    if any(_ANYWHERE.search(text) for m in everything for text in (_ended(m.content), m.context)):
        return conversation, []
    cut: list[str] = []
    shorter = [_shorter(message, cut) for message in everything]
    if not cut:
        return conversation, []
    messages = tuple(shorter[: len(conversation.messages)])
    return replace(conversation, messages=messages, rejected=shorter[-1] if rejected else None), cut


def is_emptied(conversation: Conversation) -> bool:
    """Whether a reply, the rejected one included, says nothing."""
    rejected = conversation.rejected
    replies = [m for m in conversation.messages if m.role == "assistant"] + ([rejected] if rejected else [])
    return any(not reply.content and not reply.tool_calls for reply in replies)


def _ended(text: str) -> str:
    return _AT_THE_END.sub("", text) if "<" in text else text


def _shorter(message: Message, cut: list[str]) -> Message:
    if message.role != "assistant" or (content := _ended(message.content)) == message.content:
        return message
    cut.append("".join(message.content[len(content) :].split()))
    learn = message.learn
    if isinstance(learn, tuple):
        left = len(content)
        parts = []
        for text, learned in learn:
            parts.append((text[:left], learned))
            left -= len(parts[-1][0])
        learn = tuple(part for part in parts if part[0])
    return replace(message, content=content, learn=learn)
