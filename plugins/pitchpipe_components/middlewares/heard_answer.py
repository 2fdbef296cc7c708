"""One request and what was said to it, gathered stretch by stretch until it is a line of the journal."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

import pitchpipe as pp
from pitchpipe_components.served.lines import AnswerLine, KeptReply
from pitchpipe_components.served.prompts import prompt_number
from pitchpipe_components.text.masking import masked
from pitchpipe_components.text.rewrite import rewrite

Finds = Counter[str]


@dataclass
class GatheredReply:
    """One of the answers so far."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: list[dict[str, object]] = field(default_factory=list)
    tokens: int = 0
    end: str = ""
    refusal: str = ""

    def add(self, said: pp.Said) -> None:
        self.text.append(said.text)
        self.reasoning.append(said.reasoning)
        self.calls += [_as_clients_call_it(call) for call in said.calls]
        self.tokens += said.tokens
        self.end, self.refusal = said.end or self.end, said.refusal or self.refusal

    def message(self) -> pp.Message:
        text, reasoning = "".join(self.text), "".join(self.reasoning)
        return pp.Message("assistant", text, reasoning=reasoning, tool_calls=tuple(self.calls))


class HeardAnswer:
    """All answers to one request, and when they came."""

    def __init__(self, request: pp.Request, consent: str):
        self.request, self.consent = request, consent
        self.at, self._began = time.time(), time.perf_counter()
        self.replies = dict[int, GatheredReply]()
        self.by, self.cached, self.broken = "", False, ""
        self.first = self.seconds = 0.0
        self.read = len(request.ids)

    def add(self, said: pp.Said) -> None:
        self.seconds = time.perf_counter() - self._began
        if not self.replies:
            self.first, self.cached = self.seconds, said.cache == "hit"
        self.replies.setdefault(said.index, GatheredReply()).add(said)
        self.by, self.read = said.by or self.by, said.read or self.read

    def broke(self, why: str) -> None:
        """Nothing more came. That is well where all answers had ended."""
        ended = [reply for reply in self.replies.values() if reply.end]
        self.broken = why if len(ended) < self.request.wish.count else ""

    def line(self, kinds: Sequence[str], digest: Callable[[str], str], learned: frozenset[int]) -> AnswerLine:
        """The line, with personal data masked."""
        asked, finds = self.request, Finds()
        replies = [self.replies[index] for index in sorted(self.replies)]
        messages = asked.conversation.messages
        kept = _masked((*messages, *(reply.message() for reply in replies)), kinds, finds)
        prompt, said = kept[: len(messages)], kept[len(messages) :]
        return AnswerLine(
            id=asked.id, at=round(self.at, 3), model=asked.model, by=self.by, messages=prompt,
            text=masked(asked.text or "", kinds, finds), tools=asked.conversation.tools,
            answers=tuple(
                KeptReply(message, reply.end, reply.tokens, masked(reply.refusal, kinds, finds))
                for message, reply in zip(said, replies, strict=True)
            ),
            read=self.read, seconds=round(self.seconds, 4), first=round(self.first, 4),
            wish=_unusual(asked.wish), user=digest(asked.user), consent=self.consent, cached=self.cached,
            learned=any(messages and prompt_number(some) in learned for some in (messages, prompt)),
            broken=self.broken, masked=dict(finds),
        )  # fmt: skip


def _masked(messages: Sequence[pp.Message], kinds: Sequence[str], finds: Finds) -> tuple[pp.Message, ...]:
    conversation = pp.Conversation(tuple(messages))
    return rewrite(conversation, lambda text: masked(text, kinds, finds), calls=True).messages


def _as_clients_call_it(call: dict[str, object]) -> dict[str, object]:
    """A call of a tool in the shape that OpenAI gave it, which data has too."""
    function = {"name": call.get("name"), "arguments": call.get("arguments")}
    return {"id": call.get("id"), "type": "function", "function": function}


def _unusual(wish: pp.Wish) -> dict[str, object]:
    """What a client wishes that is not as it is without a word."""
    said, usual = _flat(wish), _flat(pp.Wish())
    return {name: value for name, value in said.items() if value != usual[name]}


def _flat(wish: pp.Wish) -> dict[str, object]:
    values: dict[str, object] = msgspec.to_builtins(wish, str_keys=True)
    sampling, _ = values.pop("sampling"), values.pop("left")  # what is the model's own is no wish
    assert isinstance(sampling, dict)
    return sampling | values
