"""Applies the rules for characters to all texts of a conversation, one rule after the other."""

from collections.abc import Callable
from functools import partial

from pitchpipe import Message
from pitchpipe_components.repair import markup, mojibake, residue, texts
from pitchpipe_components.repair.clean import is_clean
from pitchpipe_components.repair.rules import RepairRules


def mended(messages: list[Message], rules: RepairRules, notes: list[str]) -> list[Message]:
    """Applies all rules for characters that are switched on; the first check spares most conversations."""
    everything = "\n".join([part for m in messages for part in (m.content, m.context, m.reasoning)])
    if is_clean(everything, rules.nbsp):
        return messages
    if rules.mojibake and mojibake.is_sure(everything) and not mojibake.ABOUT.search(everything):
        messages = _changed(messages, partial(_undone, notes=notes))
    if rules.html and residue.suspected(everything) and not markup.is_about_markup(everything):
        messages = _changed(messages, partial(residue.without_entities, notes=notes))
        if not _is_markup_work(messages):
            messages = _changed(messages, partial(residue.without_tags, notes=notes))
    for enabled, change in (
        (rules.newlines, texts.one_line_end),
        (rules.controls, texts.without_controls),
        (rules.invisible, texts.without_invisible),
        (rules.nbsp, texts.plain_spaces),
    ):
        if enabled:
            messages = _changed(messages, partial(change, notes=notes))
    return messages


def _changed(messages: list[Message], change: Callable[[str], str]) -> list[Message]:
    return [texts.change_texts(message, change) for message in messages]


def _undone(text: str, notes: list[str]) -> str:
    plain = text if text.isascii() else mojibake.undone(text)
    if plain != text:
        notes.append("mojibake undone")
        return plain
    return text


def _is_markup_work(messages: list[Message]) -> bool:
    """Whether prompts and replies both hold tags: then the task may be to keep them."""
    in_prompts = any(residue.has_tags(m.content + m.context) for m in messages if m.role != "assistant")
    return in_prompts and any(residue.has_tags(m.content) for m in messages if m.role == "assistant")
