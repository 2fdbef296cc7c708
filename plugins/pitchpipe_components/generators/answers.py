"""The generator `answers`: a reply to each conversation that has none."""

from collections.abc import AsyncIterator
from typing import Annotated

import pitchpipe as pp


async def answers(
    source: pp.Conversation,
    ask: pp.Asking,
    *,
    max_tokens: Annotated[int, pp.Meta(ge=1, description="tokens of a reply, at most")] = 2048,
) -> AsyncIterator[pp.Made]:
    """Answer what has no reply yet."""
    messages = [
        {"role": message.role, "content": "\n\n".join(filter(None, (message.content, message.context)))}
        for message in source.messages
    ]
    reply = await ask(messages, max_tokens=max_tokens)
    yield pp.made(messages=[*source.messages, pp.Message("assistant", reply.text)])


answers.unanswered = True  # type: ignore[attr-defined]
