"""Answers as OpenAI writes them: whole ones and chunks, of chats and of completions."""

import math
from collections.abc import Sequence
from typing import Protocol

from msgspec import UNSET, Struct, UnsetType

from pitchpipe.host.serving import Likely, Said

LEAST = -9999.0  # what OpenAI writes for a chance of none: JSON knows no infinity


class ThoughtCount(Struct):
    reasoning_tokens: int


class UsageNumbers(Struct, omit_defaults=True):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    completion_tokens_details: ThoughtCount | None = None


class Envelope(Struct):
    """What stands around choices, whole or in chunks."""

    id: str
    object: str
    created: int
    model: str
    choices: Sequence[Struct]
    system_fingerprint: str | None = None
    usage: UsageNumbers | UnsetType | None = UNSET


class Shape(Protocol):
    """How choices are written. It holds what their chunks have in common, so there is one for each answer."""

    whole: str
    chunk: str

    def choice(self, said: Said, /) -> Struct: ...
    def chunks(self, said: Said, /) -> list[Struct]: ...


class TopToken(Struct):
    token: str
    logprob: float
    bytes: list[int]


class ChatToken(Struct):
    token: str
    logprob: float
    bytes: list[int]
    top_logprobs: list[TopToken]


class ChatLogprobs(Struct):
    content: list[ChatToken]
    refusal: None = None


class CalledFunction(Struct):
    name: str
    arguments: str


class Call(Struct):
    id: str
    function: CalledFunction
    index: int | UnsetType = UNSET  # in chunks
    type: str = "function"


class ChatReply(Struct, omit_defaults=True):
    role: str
    content: str | None
    refusal: str | UnsetType | None
    reasoning_content: str | UnsetType = UNSET
    tool_calls: list[Call] | UnsetType = UNSET


class ChatChoice(Struct):
    index: int
    message: ChatReply
    logprobs: ChatLogprobs | None
    finish_reason: str


class Delta(Struct):
    role: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    refusal: str | UnsetType | None = UNSET
    reasoning_content: str | UnsetType = UNSET
    tool_calls: list[Call] | UnsetType = UNSET


class ChatChunk(Struct):
    index: int
    delta: Delta
    logprobs: ChatLogprobs | None = None
    finish_reason: str | None = None


class ChatShape:
    """Choices of /v1/chat/completions. `likely`: whether it was asked for how likely tokens were."""

    whole, chunk = "chat.completion", "chat.completion.chunk"

    def __init__(self, likely: bool):
        self.likely = likely
        self._calls = dict[int, int]()  # of each choice that was begun

    def choice(self, said: Said) -> Struct:
        content = said.text if said.text or not said.calls else None
        message = ChatReply("assistant", content, said.refusal or None)
        message.reasoning_content = said.reasoning or UNSET
        message.tool_calls = _calls(said) or UNSET
        return ChatChoice(said.index, message, self._logprobs(said.likely), said.end)

    def chunks(self, said: Said) -> list[Struct]:
        made = list[Struct]()
        if said.index not in self._calls:
            self._calls[said.index] = 0
            made.append(ChatChunk(said.index, Delta("assistant", "", None)))
        if said.text or said.reasoning or said.calls or said.refusal or (self.likely and said.likely):
            made.append(ChatChunk(said.index, self._delta(said), self._logprobs(said.likely)))
        if said.end:
            made.append(ChatChunk(said.index, Delta(), None, said.end))
        return made

    def _delta(self, said: Said) -> Delta:
        delta = Delta(content=said.text) if said.text or not said.reasoning else Delta()
        delta.reasoning_content = said.reasoning or UNSET
        delta.refusal = said.refusal or UNSET
        if said.calls:
            delta.tool_calls = _calls(said, self._calls[said.index])
            self._calls[said.index] += len(said.calls)
        return delta

    def _logprobs(self, likely: Sequence[Likely]) -> ChatLogprobs | None:
        return ChatLogprobs([_chat_token(one) for one in likely]) if self.likely else None


class TextLogprobs(Struct):
    tokens: list[str]
    token_logprobs: list[float]
    top_logprobs: list[dict[str, float]] | None
    text_offset: list[int]


class TextChoice(Struct):
    index: int
    text: str
    logprobs: TextLogprobs | None = None
    finish_reason: str | None = None


class TextShape:
    """Choices of /v1/completions. `likely`: so many likely tokens beside each, where that was asked for."""

    whole, chunk = "text_completion", "text_completion"

    def __init__(self, likely: int | None):
        self.likely = likely
        self._bytes = dict[int, bytearray]()  # of the tokens of each choice

    def choice(self, said: Said) -> Struct:
        return TextChoice(said.index, said.text, self._logprobs(said), said.end or None)

    def chunks(self, said: Said) -> list[Struct]:
        some = said.text or said.end or (self.likely is not None and said.likely)
        return [self.choice(said)] if some else []

    def _logprobs(self, said: Said) -> TextLogprobs | None:
        if self.likely is None:
            return None
        before, offsets = self._bytes.setdefault(said.index, bytearray()), list[int]()
        for one in said.likely:
            offsets.append(len(before.decode("utf-8", "ignore")))
            before += one.text
        tops = [{_text(text): _logprob(value) for _, text, value in one.others} for one in said.likely]
        return TextLogprobs(
            [_text(one.text) for one in said.likely], [_logprob(one.logprob) for one in said.likely],
            tops if self.likely else None, offsets,
        )  # fmt: skip


def _calls(said: Said, first: int | None = None) -> list[Call]:
    return [
        Call(str(call["id"]), CalledFunction(str(call["name"]), str(call["arguments"])),
             UNSET if first is None else first + number)
        for number, call in enumerate(said.calls)
    ]  # fmt: skip


def _chat_token(one: Likely) -> ChatToken:
    others = [TopToken(_text(text), _logprob(value), list(text)) for _, text, value in one.others]
    return ChatToken(_text(one.text), _logprob(one.logprob), list(one.text), others)


def _text(token: bytes) -> str:
    return token.decode("utf-8", "replace")


def _logprob(value: float) -> float:
    return LEAST if math.isnan(value) else max(value, LEAST)
