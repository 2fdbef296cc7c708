"""Answers under a guard: what it finds never leaves, what it lets pass leaves as soon as it may."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

import msgspec

from pitchpipe.host.serving import Refusal, Request, Said
from pitchpipe.records.conversation import Json, Message
from pitchpipe_stages.serve.guards.asked import shown
from pitchpipe_stages.serve.guards.growing import GrowingAnswer, calls_of
from pitchpipe_stages.serve.guards.held import common
from pitchpipe_stages.serve.guards.standing import WHOLE, StandingGuard

_LOOKS = (
    128  # an answer is looked at again when it has grown by this part of it: the cost stays in proportion
)
_WHOLE_LOOKS = 1024  # characters between looks at an answer of which nothing is heard before its end
_TOO_LATE = Refusal("what it edits had left: it needs a larger window")
_NO_JSON = Refusal("a call whose arguments are no JSON without what it found")


async def watched(
    guard: StandingGuard, request: Request, answers: AsyncGenerator[Said]
) -> AsyncGenerator[Said]:
    """The answers as the guard lets them pass. Nobody writes on when none of them may go on."""
    each = [WatchedAnswer(guard, request, number) for number in range(request.wish.count)]
    async with aclosing(answers):
        async for said in answers:
            one = each[said.index]
            if not one.over and (heard := await one.add(said)) is not None:
                yield heard
            if all(one.over for one in each):
                return


class WatchedAnswer:
    """One answer: it is looked at while it grows, and some of its end is held back."""

    def __init__(self, guard: StandingGuard, request: Request, index: int):
        self.guard, self.request, self.index = guard, request, index
        self.answer = GrowingAnswer()
        self.heard = Message("assistant", "")
        self.looked_at = 0  # characters
        self._judged: tuple[Message | None, Message | Refusal] = None, self.heard
        self.edited = self.over = False

    async def add(self, said: Said) -> Said | None:
        """What may be heard now."""
        if said.refusal:  # of a guard before this one
            self.over = True
            self.answer.add(said)
            return self.answer.with_numbers(said)
        self.answer.add(said)
        if not (said.end or said.calls or self._is_due()):
            return None
        self.looked_at = self.answer.length
        found = await self._look()
        if isinstance(found, Message) and (said.end or self.request.stream):
            found = self._goes_on(found)
        if isinstance(found, Refusal):
            return self._refused(said, found)
        self.over = bool(said.end)
        if found is None or not (said.end or (self.request.stream and found != self.heard)):
            return None
        return self._heard(said, found)

    def _is_due(self) -> bool:
        """Whether so much has come that it is looked at again."""
        if self.guard.window == WHOLE:
            return False
        every = max(self.guard.every, self.answer.length // _LOOKS)
        every = every if self.request.stream else max(every, _WHOLE_LOOKS)
        return self.answer.length - self.looked_at >= every

    async def _look(self) -> Message | Refusal | None:
        """What of the reply may be heard by now, its refusal, or nothing that is new."""
        whole, settled = self.answer.whole(), self.answer.settled(self.guard.window)
        passed = await self._judge(whole)
        self.edited = self.edited or (isinstance(passed, Message) and passed != whole)
        if settled == whole:
            return passed
        if passed == whole:
            return settled
        if not (settled.content or settled.reasoning):
            return None
        sure = await self._judge(settled)
        if isinstance(sure, Refusal):
            return sure
        if isinstance(passed, Refusal):  # of what may yet become another word
            return None
        content, reasoning = common(sure.content, passed.content), common(sure.reasoning, passed.reasoning)
        return msgspec.structs.replace(sure, content=content, reasoning=reasoning)

    async def _judge(self, reply: Message) -> Message | Refusal:
        if reply == self._judged[0]:  # nothing came since, as where an answer ends without a word
            return self._judged[1]
        asked = shown(self.request)
        until = msgspec.structs.replace(asked, messages=(*asked.messages, reply))
        self._judged = reply, await self.guard.judge(until, "output")
        return self._judged[1]

    def _goes_on(self, found: Message) -> Message | Refusal | None:
        """What goes on from what was heard: words that have left cannot be taken back."""
        if found.tool_calls and not _are_json(found.tool_calls, self.answer.calls):
            return _NO_JSON
        for name in ("content", "reasoning"):
            before, now = getattr(self.heard, name), getattr(found, name)
            if now.startswith(before):
                continue
            return None if before.startswith(now) and not self.answer.ended else _TOO_LATE
        return found

    def _heard(self, last: Said, found: Message) -> Said:
        """What is new, as the last stretch says it."""
        before, self.heard = self.heard, found
        if last.end and self.edited:
            self.guard.edited("output")
        said = replace(
            last,
            text=found.content[len(before.content) :],
            reasoning=found.reasoning[len(before.reasoning) :],
            calls=calls_of(found)[len(before.tool_calls) :],
            likely=[] if self.edited else self.answer.likely_until(found),
        )
        return self.answer.with_numbers(said)

    def _refused(self, last: Said, refusal: Refusal) -> Said:
        self.over = True
        self.guard.refused("output")
        why, told = self.guard.reason(refusal), self.guard.told(refusal)
        told = f"\n\n{told}" if self.heard.content else told
        end = Said(self.index, told, end="content_filter", by=last.by, refusal=why)
        return self.answer.with_numbers(end)


def _are_json(calls: Sequence[Json], before: Sequence[Json]) -> bool:
    """Whether arguments that were JSON still are."""
    return all(
        _is_json(call["function"]["arguments"]) or not _is_json(old["arguments"])
        for call, old in zip(calls, before, strict=True)
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
