"""Cuts off the tokens that begin and end texts and turns, where dumps keep them around the words."""
# ruff: noqa: RUF001 non-ASCII characters are meant

import re
from typing import Any

from pitchpipe import Conversation, Message, replace

_END = (
    r"(?:<\|(?:im_end|endoftext|end_of_text|eot_id|eom_id|eot|end|eos|EOT|end_of_turn|endofturn"
    r"|END_OF_TURN_TOKEN|return"
    r"|end_of_sentence)\|>|</s>|<eos>|<eod>|<eot>|<eoa>|<end_of_turn>|<end_of_utterance>|\[EOS\]"
    r"|<｜end▁of▁sentence｜>)"
)
# What a template writes next, if nothing else comes: the beginning of another turn.
_NEXT = r"(?:<s>|\[INST\]|<\|im_start\|>(?:user)?|<start_of_turn>(?:user)?|<\|pad\|>|<pad>)"
_AT_THE_END = re.compile(rf"\s*{_END}(?:\s*(?:{_END}|{_NEXT}))*\s*\Z")
# HTML uses <s> for struck-out text: that is closed before the end.
_AT_THE_START = re.compile(
    r"\A\s*(?:<s>(?!.*</s>\s*\S)|<bos>|<\|begin_of_text\|>|<\|startoftext\|>|<｜begin▁of▁sentence｜>)\s*",
    re.DOTALL,
)
_ANYWHERE = re.compile(_END)


def without_ends(conversation: Conversation) -> tuple[Conversation, list[str]]:
    """A conversation whose texts begin and end with their words, and what was cut off.

    Where a message has a token that ends a turn among its words, the talk is of tokens, and nothing is cut.
    But plain text that holds several texts has one between them. A prompt that ends in a token may ask for
    it, unless replies end so too.
    """
    rejected = conversation.rejected
    everything = [*conversation.messages, *([rejected] if rejected else [])]
    plain = conversation.meta.get("plain") is True
    if not plain and any(
        _ANYWHERE.search(_ended(text)) for m in everything for text in (m.content, m.context)
    ):
        return conversation, []
    cut: list[str] = []
    shorter = [_shorter(message, cut) for message in everything]
    if not any(
        new is not old for new, old in zip(shorter, everything, strict=True) if old.role == "assistant"
    ):
        return conversation, []
    messages = tuple(shorter[: len(conversation.messages)])
    return replace(conversation, messages=messages, rejected=shorter[-1] if rejected else None), cut


def is_emptied(conversation: Conversation) -> bool:
    """Whether a prompt or a reply, the rejected one included, says nothing."""
    rejected = conversation.rejected
    talk = [m for m in conversation.messages if m.role in ("user", "assistant")] + (
        [rejected] if rejected else []
    )
    return any(not (m.content or m.context or m.tool_calls) for m in talk)


def _ended(text: str) -> str:
    """A text without the tokens around it."""
    if "<" not in text and "[EOS]" not in text:
        return text
    return _AT_THE_END.sub("", _AT_THE_START.sub("", text))


def _shorter(message: Message, cut: list[str]) -> Message:
    changed: dict[str, Any] = {}
    for name in ("content", "context", "reasoning"):
        old = getattr(message, name)
        if old and (new := _ended(old)) != old:
            changed[name] = new
            start = old.find(new) if new else 0
            cut += ["".join(part.split()) for part in (old[:start], old[start + len(new) :]) if part.strip()]
    if "content" in changed and isinstance(message.learn, tuple):
        changed["learn"] = _within(
            message.learn, message.content.find(changed["content"]), len(changed["content"])
        )
    return replace(message, **changed) if changed else message


def _within(parts: tuple[tuple[str, bool], ...], start: int, size: int) -> tuple[tuple[str, bool], ...]:
    """Marked words from one place on, as many characters as are left."""
    kept = []
    for text, learned in parts:
        part = text[start : start + size] if start < len(text) else ""
        start = max(start - len(text), 0)
        size -= len(part)
        kept.append((part, learned))
    return tuple(part for part in kept if part[0])
