"""Prompts as numbers: whether what was asked of a server is what a model was tuned on.

Two prompts are one where their turns say the same, whatever the case and the spaces. System messages do not
count: clients put their own in front of what they ask.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

import pitchpipe as pp


def prompt_number(messages: Sequence[pp.Message]) -> int:
    """The number of a prompt: all turns up to a reply."""
    hashed = blake2b(digest_size=8)
    for message in messages:
        if message.role != "system":
            words = " ".join(f"{message.content} {message.context}".split()).casefold()
            hashed.update(f"{message.role}\x00{words}\x00".encode("utf-8", "surrogatepass"))
    return int.from_bytes(hashed.digest())


def prompts_of(conversation: pp.Conversation) -> Iterator[int]:
    """The number of the prompt of each reply that is learned; of all turns, where no reply ends them."""
    messages = conversation.messages
    for place, message in enumerate(messages):
        if message.role == "assistant" and message.learn is not False:
            yield prompt_number(messages[:place])
    if messages and messages[-1].role != "assistant":
        yield prompt_number(messages)


def learned_prompts(conversations: Iterable[pp.Conversation]) -> frozenset[int]:
    return frozenset(number for one in conversations for number in prompts_of(one))
