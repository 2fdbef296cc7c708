"""The filter `repair`, which runs right after the format, and the order in which it applies its rules."""

from typing import Annotated, Any

from pitchpipe import Conversation, Drop, Message, Meta, Verdict, drop, noted, replace
from pitchpipe_components.repair import characters, no_input, texts, turns
from pitchpipe_components.repair.clean import quick
from pitchpipe_components.repair.contents import sound_message
from pitchpipe_components.repair.reasoning import TAKEN_OUT, taken_out
from pitchpipe_components.repair.roles import role_of
from pitchpipe_components.repair.rules import NO_CONTEXT, RepairRules, UnknownRole
from pitchpipe_components.repair.unmendable import Unmendable, shown


def repair(
    conversation: Conversation,
    *,
    first_reply: Annotated[
        turns.FirstReply,
        Meta(description="replies before the first prompt: cut them, keep them unlearned, or drop the row"),
    ] = "trim",
    same_role: Annotated[
        turns.SameRole,
        Meta(description="one role twice in a row: join with a blank line, or drop the row"),
    ] = "merge",
    system: Annotated[
        turns.Systems,
        Meta(description="later system turns: join them to the first, remove them, or drop the row"),
    ] = "merge",
    unknown_role: Annotated[
        UnknownRole, Meta(description="a turn of no known role: drop the row, or skip the turn")
    ] = "drop",
    no_context: Annotated[
        tuple[str, ...], Meta(description="words, in lower case, that stand for an empty context")
    ] = NO_CONTEXT,
    mojibake: Annotated[bool, Meta(description="undo UTF-8 that was read as Windows-1252")] = True,
    html: Annotated[bool, Meta(description="decode entities, remove <br>, <p>, <div>, <span>")] = True,
    newlines: Annotated[bool, Meta(description="end every line with a single line feed")] = True,
    controls: Annotated[bool, Meta(description="remove control characters")] = True,
    invisible: Annotated[bool, Meta(description="remove zero-width spaces and soft hyphens")] = True,
    nbsp: Annotated[bool, Meta(description="replace no-break spaces by plain spaces")] = False,
    reasoning: Annotated[
        bool, Meta(description="take <think>...</think> out of a reply's words, as its reasoning")
    ] = True,
    unanswered: Annotated[
        turns.Unanswered,
        Meta(description="turns that no reply follows: cut them, or keep them, as trainers on prompts do"),
    ] = "cut",
) -> Conversation | Verdict | Drop:
    """Makes a conversation sound: roles, types, the order of turns and characters. Notes every change."""
    ready = quick(conversation, no_context, nbsp)
    if ready is not None:
        return ready
    rules = RepairRules(
        first_reply,
        same_role,
        system,
        unknown_role,
        no_context,
        mojibake,
        html,
        newlines,
        controls,
        invisible,
        nbsp,
        reasoning,
        unanswered,
    )
    try:
        return _mended(conversation, rules)
    except Unmendable as reason:
        return drop(str(reason))
    except RecursionError:
        return drop("nested too deeply")


def _mended(conversation: Conversation, rules: RepairRules) -> Conversation | Verdict:
    """Applies the rules until they find nothing: one repair may uncover another fault."""
    all_notes: list[str] = []
    while True:
        notes: list[str] = []
        conversation = _pass(conversation, rules, notes)
        if not notes:
            return noted(conversation, *dict.fromkeys(all_notes)) if all_notes else conversation
        all_notes += notes


def _pass(conversation: Conversation, rules: RepairRules, notes: list[str]) -> Conversation:
    """Applies every rule once: types, then characters, reasoning and turns."""
    messages = [sound for m in conversation.messages if (sound := _sound(m, rules, notes)) is not None]
    rejected = conversation.rejected and _sound(conversation.rejected, rules, notes)
    everything = messages + ([rejected] if rejected else [])
    everything = characters.mended(everything, rules, notes)
    if rules.reasoning and conversation.meta.get("plain") is not True:
        everything = [taken_out(message, notes) for message in everything]
        if TAKEN_OUT in notes:
            conversation = replace(conversation, meta={**conversation.meta, "reasoning_in_words": True})
    messages, rejected = everything[: len(messages)], (everything[-1] if rejected else None)
    if not _is_plain(conversation, messages):
        messages = _ordered(messages, rules, notes)
    if conversation.rejected is not None:
        _compare(messages, rejected, notes)
    return _same_or_new(conversation, tuple(messages), rejected)


def _same_or_new(
    conversation: Conversation, messages: tuple[Message, ...], rejected: Message | None
) -> Conversation:
    kept = len(messages) == len(conversation.messages) and all(
        new is old for new, old in zip(messages, conversation.messages, strict=True)
    )
    if kept and rejected is conversation.rejected:
        return conversation
    return replace(conversation, messages=messages, rejected=rejected)


# --- One message --------------------------------------------------------------------------------


def _sound(message: Message, rules: RepairRules, notes: list[str]) -> Message | None:
    """Gives a message a known role and fields of the right types; None skips the message."""
    role = role_of(message.role)
    if role is None:
        if rules.unknown_role == "drop":
            raise Unmendable(f"unknown role: {shown(message.role)}")
        notes.append(f"turn of unknown role skipped: {shown(message.role)}")
        return None
    message = texts.without_surrogates(sound_message(message, role, notes), notes)
    message = no_input.without_words(message, rules.no_context, notes)
    return _without_placeholder(message, rules, notes) if message.context else message


def _without_placeholder(message: Message, rules: RepairRules, notes: list[str]) -> Message:
    if not no_input.stands_for_none(message.context, rules.no_context):
        return message
    notes.append(f"context read as empty: {shown(message.context.strip().lower())}")
    return replace(message, context="")


# --- The whole conversation ---------------------------------------------------------------------


def _is_plain(conversation: Conversation, messages: list[Message]) -> bool:
    """Whether the conversation is plain text, which is learned without a prompt."""
    if conversation.meta.get("plain") is not True or [m.role for m in messages] != ["assistant"]:
        return False
    if not messages[0].content.strip():
        raise Unmendable("empty text")
    return True


def _ordered(messages: list[Message], rules: RepairRules, notes: list[str]) -> list[Message]:
    if rules.unanswered == "cut" and not any(message.role == "assistant" for message in messages):
        raise Unmendable("no reply")
    system, talk = turns.one_system(messages, rules.system, notes)
    talk = turns.from_the_first_prompt(talk, rules.first_reply, notes)
    talk = turns.without_empty(talk, rules.unanswered, notes)
    talk = turns.to_the_last_reply(talk, rules.unanswered, notes)
    return system + turns.one_turn_each(talk, rules.same_role, notes)


def _compare(messages: list[Message], rejected: Message | None, notes: list[str]) -> None:
    """Checks that the rejected turn is a reply, and that a different chosen reply answers the same prompt."""
    if rejected is None or rejected.role != "assistant":
        raise Unmendable("the rejected turn is not a reply")
    if not rejected.content.strip() and not rejected.tool_calls:
        raise Unmendable("empty rejected reply")
    last = messages[-1]
    if turns.CUT_EMPTY in notes or turns.CUT_UNANSWERED in notes:
        raise Unmendable("no chosen reply")
    if _said(last) == _said(rejected):
        raise Unmendable("chosen and rejected are equal")


def _said(reply: Message) -> tuple[str, str, tuple[Any, ...]]:
    return reply.content.strip(), reply.reasoning.strip(), reply.tool_calls
