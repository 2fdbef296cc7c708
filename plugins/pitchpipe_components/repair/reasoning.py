"""Moves reasoning that stands in a reply's words, <think>...</think>, to where templates look for it."""

from pitchpipe import Message, replace
from pitchpipe_components.repair.unmendable import Unmendable

OPEN, CLOSE = "<think>", "</think>"
TAKEN_OUT = "reasoning taken out of the words"  # templates without a place for it may put it back


def taken_out(message: Message, notes: list[str]) -> Message:
    """Parts a reply into reasoning and words as Qwen3's own chat template does.

    A reply that is learned in part stays as it is: reasoning cannot be learned in part.
    """
    if message.role != "assistant" or CLOSE not in message.content or isinstance(message.learn, tuple):
        return message
    parted = _parted(message.content)
    if parted is None:
        return message
    thought, words = parted
    if not thought.strip():
        notes.append("empty reasoning taken out of the words")
        return replace(message, content=words)
    if not message.reasoning.strip():
        notes.append(TAKEN_OUT)
        return replace(message, content=words, reasoning=thought)
    if message.reasoning.strip() != thought.strip():
        raise Unmendable("one reasoning in the words and another beside them")
    notes.append("repeated reasoning taken out of the words")
    return replace(message, content=words)


def _parted(content: str) -> tuple[str, str] | None:
    """The reasoning and the words; None where the tags are nested, unclosed or only spoken of."""
    if content.count(CLOSE) != 1 or content.count(OPEN) > 1:
        return None
    before, _, after = content.partition(CLOSE)
    opened = before.lstrip()
    if opened.startswith(OPEN):
        before = opened.removeprefix(OPEN)
    elif OPEN in content or not _ends_thought(before, after):
        return None
    return before.strip("\n"), after.lstrip("\n")


def _ends_thought(before: str, after: str) -> bool:
    """Whether a closing tag ends reasoning that the prompt opened, as in what R1 writes."""
    if before.count("```") % 2:  # in code
        return False
    own_line = before.rstrip(" ").endswith("\n") or not before.strip()
    ends_line = not after.strip(" ") or after.lstrip(" ").startswith("\n")
    return (own_line and ends_line) or after.startswith("\n\n")
