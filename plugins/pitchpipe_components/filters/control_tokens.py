"""Finds control tokens that the data holds as plain text."""
# ruff: noqa: RUF001 non-ASCII characters are meant

import re
from functools import lru_cache
from typing import Annotated, Literal

from pitchpipe import Conversation, Drop, Meta, Scored, Verdict, drop, judged
from pitchpipe_components.filters.turn_ends import is_emptied, without_ends
from pitchpipe_components.text.rewrite import rewrite
from pitchpipe_components.text.spoken import everything

# HTML uses <s> for struck-out text, so <s> counts only in the places where templates put it.
_TOKENS = (
    r"<\|[A-Za-z][\w ./:-]{0,40}\|>|<｜[^｜<>\n]{1,40}｜>|\[/?INST\]|\[EOS\]\s*\Z|<</?SYS>>"
    r"|</?(?:start|end)_of_turn>"
    r"|<(?:bos|eos|pad|unk|eod|eot|eoa|end_of_utterance)>|\A\s*<s>|</s>\s*\Z|</s>(?=\s*<s>)|(?<=</s>)<s>|<s>(?=\s*\[INST\])"
)


def control_tokens(
    conversation: Conversation,
    *,
    do: Annotated[
        Literal["defuse", "drop", "keep"],
        Meta(
            description="defuse: cut off tokens around the words, put a space into others; drop the row; keep"
        ),
    ] = "defuse",
    extra: Annotated[tuple[str, ...], Meta(description="more tokens, exactly as written")] = (),
) -> Verdict | Drop:
    """Breaks control tokens in the text of any message: "<|im_end|>" becomes "< |im_end|>".

    The tokens that begin or end a text or a turn, around the words of a message, are cut off.
    Rendering never turns text into control tokens. But a model would learn to write them out, and other
    tools would read them as tokens. The filter knows the tokens of common templates; the score counts them.
    """
    text = everything(conversation)
    found = 0
    if "<" in text or ("[" in text and ("INST]" in text or "[EOS]" in text)) or extra:
        found = _count(conversation, _pattern(extra))
    scores: dict[str, Scored] = {"control_tokens": (found, None, 0 if do == "drop" else None)}
    if not found or do != "defuse":
        return judged(conversation, **scores)
    shorter, cut = without_ends(conversation)
    if cut and is_emptied(shorter):
        return drop("nothing but control tokens in a message", score=found)
    edited = rewrite(shorter, lambda content: _pattern(extra).sub(_defused, content))
    notes = [f"tokens cut off around words: {', '.join(dict.fromkeys(cut))}"] if cut else []
    notes += ["control tokens defused"] if edited is not shorter else []
    return Verdict(edited, scores, tuple(notes))


def _count(conversation: Conversation, pattern: re.Pattern[str]) -> int:
    messages = list(conversation.messages)
    if conversation.rejected is not None:
        messages.append(conversation.rejected)
    return sum(len(pattern.findall(text)) for m in messages for text in (m.content, m.context, m.reasoning))


def _defused(found: re.Match[str]) -> str:
    token = found[0].strip()
    return found[0].replace(token, f"{token[0]} {token[1:]}")


@lru_cache
def _pattern(extra: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join([*(re.escape(token) for token in extra if token), _TOKENS]))
