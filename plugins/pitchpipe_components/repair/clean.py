"""Checks quickly whether a conversation is sound, apart from the names of its roles; most are."""

import re

from pitchpipe import Conversation, Message, replace
from pitchpipe_components.repair import mojibake, no_input, residue
from pitchpipe_components.repair.reasoning import CLOSE
from pitchpipe_components.repair.roles import ROLES

# The roles that may follow a role. Rarer orders that are sound too get the full repair.
_AFTER = {
    "": {"system", "user"},
    "system": {"user"},
    "user": {"assistant"},
    "assistant": {"user", "tool"},
    "tool": {"assistant", "tool"},
}
_PLAIN_ASCII = bytes(range(0x20, 0x7F)) + b"\n\t"
# Every character that a rule may change, except no-break spaces.
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\ud800-\udfff]")


def quick(conversation: Conversation, no_context: tuple[str, ...], nbsp: bool) -> Conversation | None:
    """Returns the conversation with its roles renamed if nothing else can be wrong; otherwise None.

    A conversation that needs no change is returned as the same object. The result does not depend on the
    other options of repair; in doubt it is None.
    """
    roles, contents, before = [], [], ""
    try:
        for message in conversation.messages:
            role, content = ROLES[message.role], message.content
            if role not in _AFTER[before] or type(content) is not str or content == "nan":
                return None
            if not content or content.isspace():
                return None
            if role == "user" and no_input.suspected(content):
                return None
            if message != Message(message.role, content):  # it holds more than role and content
                if not _is_sound(message, no_context):
                    return None
                contents.append(message.context)
            roles.append(role)
            contents.append(content)
            before = role
    except (KeyError, TypeError):  # the role is unknown, or is not text
        return None
    if before != "assistant" or conversation.rejected is not None:
        return None
    text = "\n".join(contents)
    if "<" in text and CLOSE in text:  # one character is found much faster
        return None
    return _named(conversation, roles) if is_clean(text, nbsp) else None


def is_clean(text: str, nbsp: bool) -> bool:
    """Whether no rule for characters could change the text. With `nbsp`, no-break spaces count too."""
    if text.isascii():
        if text.encode().translate(None, _PLAIN_ASCII):
            return False
    elif _SUSPECT.search(text) or (nbsp and "\xa0" in text) or mojibake.is_sure(text):
        return False
    return not residue.suspected(text)


def _is_sound(message: Message, no_context: tuple[str, ...]) -> bool:
    """Whether a message has only content, context and weight, and context and weight are sound."""
    context = message.context
    if type(context) is not str or type(message.learn) not in (bool, type(None)):
        return False
    if context and (context == "nan" or no_input.stands_for_none(context, no_context)):
        return False
    if no_input.suspected(context):
        return False
    return (message.reasoning, message.tool_calls, message.name, message.tool_call_id) == ("", (), "", "")


def _named(conversation: Conversation, roles: list[str]) -> Conversation:
    """Gives the messages these roles."""
    messages = conversation.messages
    if roles == [message.role for message in messages]:
        return conversation
    renamed = [
        Message(role, message.content, message.context, message.learn)
        for role, message in zip(roles, messages, strict=True)
    ]
    return replace(conversation, messages=tuple(renamed))
