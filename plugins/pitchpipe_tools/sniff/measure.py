"""Measures the conversations of a file: sizes, parts, categories and repetitions."""

from pitchpipe.records.conversation import Conversation, Message, content_id
from pitchpipe_tools.sniff.count_tokens import CountTokens
from pitchpipe_tools.sniff.findings import Findings

CHARACTERS_OF_A_TOKEN = 4  # an estimate


def measure(conversations: list[Conversation], findings: Findings, count: CountTokens | None) -> None:
    """Adds conversations to the findings. Without a function that counts tokens, tokens are estimated."""
    for conversation in conversations:
        for name, size in _sizes(conversation, estimate=count is None).items():
            findings.sizes.setdefault(name, []).append(size)
        _count_parts(conversation, findings)
        if conversation.category:
            findings.categories[conversation.category] += 1
        _count_repetition(conversation, findings)
    if count:
        texts = ["".join(map(_text, conversation.messages)) for conversation in conversations]
        findings.sizes.setdefault("tokens", []).extend(count(texts))


def _text(message: Message) -> str:
    return message.content + message.context + message.reasoning


def _sizes(conversation: Conversation, estimate: bool) -> dict[str, int]:
    characters = {"user": 0, "assistant": 0}
    for message in conversation.messages:
        characters[message.role] = characters.get(message.role, 0) + len(_text(message))
    sizes = {
        "turns": sum(message.role != "system" for message in conversation.messages),
        "characters of prompts": characters["user"],
        "characters of replies": characters["assistant"],
    }
    if estimate:
        sizes["tokens (estimate)"] = -(-sum(characters.values()) // CHARACTERS_OF_A_TOKEN)
    return sizes


def _count_parts(conversation: Conversation, findings: Findings) -> None:
    """Counts the conversation for each optional part that the conversation has."""
    messages = conversation.messages
    roles = {message.role for message in messages}
    calls = conversation.tools or any(message.tool_calls for message in messages)
    findings.parts["a system prompt"] += "system" in roles
    findings.parts["tools"] += bool(calls) or "tool" in roles
    findings.parts["reasoning"] += any(message.reasoning for message in messages)
    findings.parts["a rejected reply"] += conversation.rejected is not None


def _count_repetition(conversation: Conversation, findings: Findings) -> None:
    id = content_id(conversation)
    findings.repeated += id in findings.ids
    findings.ids.add(id)
