"""What a conversation says, as one text.

Filters run one after the other on the same conversation, so the last texts are remembered: they are joined
and lowered once for all of them.
"""

from pitchpipe import Conversation, Message

_replies: tuple[Conversation | None, str, str] = (None, "", "")
_everything: tuple[Conversation | None, str] = (None, "")


def replies(conversation: Conversation) -> tuple[str, str]:
    """All replies and then their reasoning, as written and in lower case."""
    global _replies
    last, text, low = _replies
    if last is not conversation:
        said = [message.content for message in conversation.messages if message.role == "assistant"]
        said += [message.reasoning for message in conversation.messages if message.reasoning]
        text = said[0] if len(said) == 1 else "\n".join(said)
        low = text.lower()
        _replies = (conversation, text, low)
    return text, low


def everything(conversation: Conversation) -> str:
    """All that stands in the messages and in the rejected reply, as written; tool calls are left out."""
    global _everything
    last, text = _everything
    if last is not conversation:
        messages = conversation.messages
        if conversation.rejected is not None:
            messages = (*messages, conversation.rejected)
        said = [message.content for message in messages]
        said += [message.context for message in messages if message.context]
        said += [message.reasoning for message in messages if message.reasoning]
        text = "\n".join(said)
        _everything = (conversation, text)
    return text


def called(message: Message) -> str:
    """What a message calls, and with what; a call is said too, though not in words."""
    if not message.tool_calls:
        return ""
    calls = [call.get("function", call) for call in message.tool_calls]
    return "\n".join([" ".join(map(str, c.values())) if isinstance(c, dict) else str(c) for c in calls])


def prompts(conversation: Conversation) -> str:
    """All user messages with their contexts."""
    return "\n".join([f"{m.content}\n{m.context}" for m in conversation.messages if m.role == "user"])


def first_prompt(conversation: Conversation) -> str:
    """The first user message without its context: the instruction."""
    for message in conversation.messages:
        if message.role == "user":
            return message.content
    return ""
