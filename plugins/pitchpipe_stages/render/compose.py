"""A reply written behind its prompt, where the chat template writes it behind other words of its own."""

import re
from collections.abc import Sequence

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Message
from pitchpipe_stages.render.asked import COMPOSED, THOUGHT, Asked, belongs
from pitchpipe_stages.render.chat_template import Rendered
from pitchpipe_stages.render.marking import TaggedText, cut
from pitchpipe_stages.render.messages import CLOSE_THOUGHT, OPEN_THOUGHT

OPEN = re.compile(r"([<\[](?!/|\|?end)[^<>\[\]\s/]*think[^<>\[\]\s]*[>\]]|<\|channel>thought)(\s*)\Z", re.I)
_CLOSES = {"<|START_THINKING|>": "<|END_THINKING|>", "<|channel>thought": "<channel|>"}  # others: </think>
_MARK = r"(?:<[^<>\s]+>|\[[^\[\]\s]+\])"
_EMPTY = re.compile(rf"\s*{_MARK}\s*\w*\s*{_MARK}\s*")  # reasoning that is none
_THOUGHTS = re.compile(rf"\A(?:\s*{THOUGHT.pattern})+\s*", re.I)


def compose(asked: Asked, prompt: str, before: Rendered, bare: str, messages: Sequence[Message]) -> None:
    """Write the reply behind the prompt, where the chat template writes it behind other words of its own.

    The prompt may open reasoning, which the reply then closes; or they differ in white space; or the chat
    template moves what stands before, such as tools. `bare` is what the prompt is without its request.
    """
    reply = messages[asked.reply]
    rest = (
        _behind_opening(asked, prompt, reply)
        or _behind_space(asked, prompt)
        or _behind_turn(asked, before, prompt[len(bare) :] if prompt.startswith(bare) else "", reply)
    )
    if not rest:
        raise Quarantine(
            f"the chat template's prompt for a reply ends with {prompt[-40:]!r}, this reply begins otherwise"
        )
    end = len(prompt) + sum(len(text) for text, _ in rest)
    asked.parts = [*before.parts, *rest, *cut(asked.parts, asked.end, len(asked.text))]
    asked.text = "".join(text for text, _ in asked.parts)
    asked.start, asked.end, asked.fit = len(prompt), end, COMPOSED


def think_aloud(asked: Asked, reply: Message) -> None:
    """Write reasoning that the chat template swallows where a model would write it: before its words."""
    if _EMPTY.search(asked.text[: asked.start][-40:]) and THOUGHT.search(asked.text[: asked.start][-40:]):
        return  # the prompt says that there is no reasoning
    thought = [(OPEN_THOUGHT, ""), (reply.reasoning, f"{asked.reply}r"), (CLOSE_THOUGHT, "")]
    said = cut(asked.parts, asked.start, asked.end)
    rest = cut(asked.parts, asked.end, len(asked.text))
    asked.parts = [*cut(asked.parts, 0, asked.start), *thought, *said, *rest]
    asked.text = "".join(text for text, _ in asked.parts)
    asked.end += sum(len(text) for text, _ in thought)
    asked.fit = COMPOSED


def _behind_opening(asked: Asked, prompt: str, reply: Message) -> list[TaggedText] | None:
    """The reply behind a prompt that opens reasoning."""
    found = OPEN.search(prompt)
    if not found or not asked.text.startswith(prompt[: found.start()]):
        return None
    opened, line = found[1], "\n" if found[2] else ""
    closed = closing(opened)
    said = _stripped(cut(asked.parts, found.start(), asked.end))
    if _begins(said, opened):  # the chat template opens reasoning too, with other white space
        said = _stripped(cut(said, len(opened), asked.end))
    if any(tag == f"{asked.reply}r" for _, tag in said):
        return said
    thought = [(reply.reasoning, f"{asked.reply}r")]
    if _begins(said, closed):
        thought.append((line, ""))
    else:
        said = [(line + closed + (2 * line if closed not in _CLOSES.values() else ""), ""), *said]
    if not reply.reasoning:
        asked.note = "the prompt opens reasoning, and the reply closes it at once"
        return said
    return [*thought, *said]


def closing(opened: str) -> str:
    """The mark that closes reasoning."""
    return _CLOSES.get(opened, f"{opened[0]}/{opened[1:]}")


def _begins(parts: list[TaggedText], words: str) -> bool:
    return bool(parts) and not parts[0][1] and parts[0][0].startswith(words)


def _behind_space(asked: Asked, prompt: str) -> list[TaggedText] | None:
    """The reply behind a prompt that ends with other white space."""
    bare = len(prompt.rstrip())
    if not asked.text.startswith(prompt[:bare]):
        return None
    return _stripped(cut(asked.parts, bare, asked.end))


def _behind_turn(asked: Asked, before: Rendered, request: str, reply: Message) -> list[TaggedText] | None:
    """The reply behind the prompt's last words of its own, where what stands before is written otherwise."""
    at, own = 0, ""
    for text, tag in asked.parts:
        if belongs(tag, asked.reply):
            break
        at, own = at + len(text), "" if tag else text
    tail = before.parts[-1][0] if before.parts and not before.parts[-1][1] else ""
    alike = _alike(own, tail)
    more, rest = tail[alike:], own[alike:]
    ends_there = more == request and not rest.strip() and not reply.tool_calls
    if asks := next((text for text in (request, request.strip()) if text.strip() and text in own), ""):
        behind = own[own.rindex(asks) + len(asks) :]
        begin = at - len(behind if asks == request else behind.lstrip())
    elif more and not reply.reasoning and (ends_there or _says_none(more)):
        begin = at - len(_THOUGHTS.sub("", rest))  # the prompt says that there is no reasoning
    elif tail.strip() and not more:
        begin = at - len(rest)
    else:
        return None
    return cut(asked.parts, begin, asked.end)


def _says_none(text: str) -> bool:
    """Does a prompt's text say that there is no reasoning: does it open and close it?"""
    return bool(_EMPTY.fullmatch(text) and re.search("think|thought", text, re.I) and not OPEN.search(text))


def _alike(one: str, other: str) -> int:
    """How far two of a chat template's texts agree, without half a mark."""
    least = min(len(one), len(other))
    alike = next((at for at in range(least) if one[at] != other[at]), least)
    while alike and alike < least and one[alike - 1] not in ">] \n":
        alike -= 1
    return alike


def _stripped(parts: list[TaggedText]) -> list[TaggedText]:
    """The parts without the white space that they begin with."""
    while parts and not parts[0][0].lstrip() and not parts[0][1]:
        parts = parts[1:]
    return [(parts[0][0].lstrip(), parts[0][1]), *parts[1:]] if parts else []
