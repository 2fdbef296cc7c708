"""What a client sends, as guards let it pass: every message of it is looked at, once each."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from pitchpipe.host.serving import Declined, Refusal, Request, Said
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_stages.serve.guards.standing import StandingGuard


class InputRefused(Exception):
    """A guard let a request not pass."""

    def __init__(self, guard: StandingGuard, refusal: Refusal):
        super().__init__(guard.reason(refusal))
        self.guard, self.refusal = guard, refusal

    def said(self, request: Request) -> list[Said]:
        """The answers to it: as many as are wanted, all of them the same."""
        told, why = self.guard.told(self.refusal), str(self)
        return [Said(number, told, end="content_filter", refusal=why) for number in range(request.wish.count)]


async def passed(guards: Sequence[StandingGuard], request: Request) -> Request:
    """The request, or one with other words where a guard edited them."""
    guards = [guard for guard in guards if "input" in guard.on]
    if not guards:
        return request
    if request.tokens is not None and request.text is None:
        words = "this server's guards read words, so send the prompt as text, not as tokens"
        raise Declined(400, words, "prompt", "unsupported_value")
    before = shown(request)
    after = before
    for guard in guards:
        after = await _passed_by(guard, after)
    if after is before:
        return request
    text = None if request.text is None else after.messages[-1].content
    return replace(request, conversation=request.conversation if text is not None else after, text=text)


def shown(request: Request) -> Conversation:
    """What guards see of a request: a text to go on with is a message too."""
    if request.text is None:
        return request.conversation
    return Conversation((Message("user", request.text),))


async def _passed_by(guard: StandingGuard, conversation: Conversation) -> Conversation:
    messages = list(conversation.messages)
    for at in range(len(messages) - 1 if guard.once else 0, len(messages)):
        until = msgspec.structs.replace(conversation, messages=tuple(messages[: at + 1]))
        found = await guard.judge(until, "input")
        if isinstance(found, Refusal):
            guard.refused("input")
            raise InputRefused(guard, found)
        if found != messages[at]:
            guard.edited("input")
            messages[at] = found
    after = tuple(messages)
    if after == conversation.messages:
        return conversation
    return msgspec.structs.replace(conversation, messages=after)
