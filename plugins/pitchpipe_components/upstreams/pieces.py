"""Chunks of a stream, as OpenAI's protocol has them, as what is said of each answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pitchpipe as pp
from pitchpipe_components.upstreams.calls import CallsInPieces
from pitchpipe_components.wire.ends import BROKEN, CALLED, CUT, FILTERED

Chunk = dict[str, Any]


class BrokeOff(Exception):
    """The stream ended, or failed, before its answers did."""


@dataclass
class AnswerInPieces:
    """What is held back of one answer until it ends."""

    calls: CallsInPieces = field(default_factory=CallsInPieces)
    refusal: str = ""
    end: str | None = None


class Pieces:
    """Reads chunk after chunk. The ends are said last, with what the server has counted."""

    def __init__(self, count: int):
        self.count = count
        self.answers = dict[int, AnswerInPieces]()
        self.usage: Chunk = {}
        self.told = 0  # tokens, as far as pieces show them

    @property
    def is_whole(self) -> bool:
        """Whether nothing can come any more."""
        return bool(self.usage) and self._ended == self.count

    @property
    def _ended(self) -> int:
        return sum(answer.end is not None for answer in self.answers.values())

    def add(self, chunk: Chunk) -> Iterator[pp.Said]:
        """What a chunk says."""
        if isinstance(usage := chunk.get("usage"), dict):
            self.usage = usage
        for choice in _listed(chunk.get("choices")):
            index = choice.get("index")
            index = index if isinstance(index, int) else 0
            if said := self._said(index, choice):
                self.told += said.tokens
                yield said

    def finish(self, done: bool) -> Iterator[pp.Said]:
        """The ends of all answers. `done`: the server has said that this is all."""
        for answer in self.answers.values():
            if answer.end is None and done:
                answer.end = "stop"  # some servers say [DONE] and nothing of the end
        if self._ended < self.count:
            raise BrokeOff(f"it broke off: {self._ended} of {self.count} answers came to their end")
        written, read = self.usage.get("completion_tokens"), self.usage.get("prompt_tokens")
        rest = max(0, written - self.told) if isinstance(written, int) else 0
        for number, (index, answer) in enumerate(sorted(self.answers.items())):
            last = number == len(self.answers) - 1
            tokens, asked = (rest, read if isinstance(read, int) else 0) if last else (0, 0)
            calls = answer.calls.whole()
            end = "content_filter" if answer.refusal else _end(answer.end or "", bool(calls))
            yield pp.Said(index, calls=calls, tokens=tokens, end=end, refusal=answer.refusal, read=asked)

    def _said(self, index: int, choice: Chunk) -> pp.Said | None:
        answer = self.answers.setdefault(index, AnswerInPieces())
        delta = choice.get("delta") or choice.get("message") or {}
        answer.calls.add(_listed(delta.get("tool_calls")))
        answer.refusal += _text(delta.get("refusal"))
        if isinstance(end := choice.get("finish_reason"), str):
            if end.lower() in BROKEN:
                raise BrokeOff(f"it broke off: {end}")
            answer.end = end.lower()
        text = _text(choice.get("text")) or _text(delta.get("content"))
        thought = _text(delta.get("reasoning_content")) or _text(delta.get("reasoning"))
        likely = _likely(choice.get("logprobs"))
        if not (text or thought or likely):
            return None
        tokens = len(likely) or 1
        return pp.Said(index, text, thought, likely=likely, tokens=tokens, thought=tokens * bool(thought))


def _end(end: str, called: bool) -> str:
    if end in CUT:
        return "length"
    if end in FILTERED:
        return "content_filter"
    return "tool_calls" if called or end in CALLED else "stop"


def _likely(said: Any) -> Sequence[pp.Likely]:
    """Tokens with how likely they were, of a chat or of a text that goes on."""
    if not isinstance(said, dict):
        return ()
    if isinstance(content := said.get("content"), list):
        return [_of_chat(one) for one in _listed(content)]
    tokens, values = said.get("tokens") or [], said.get("token_logprobs") or []
    tops = said.get("top_logprobs") or [{}] * len(tokens)
    return [
        pp.Likely(-1, _text(token).encode("utf-8", "replace"), float(value or 0.0), _others(top))
        for token, value, top in zip(tokens, values, tops, strict=False)
    ]


def _of_chat(one: Chunk) -> pp.Likely:
    others = [(-1, _bytes(other), float(other["logprob"])) for other in _listed(one.get("top_logprobs"))]
    return pp.Likely(-1, _bytes(one), float(one["logprob"]), others)


def _others(top: Any) -> list[tuple[int, bytes, float]]:
    return [(-1, token.encode("utf-8", "replace"), value) for token, value in (top or {}).items()]


def _bytes(one: Chunk) -> bytes:
    listed = one.get("bytes")
    return bytes(listed) if isinstance(listed, list) else _text(one.get("token")).encode("utf-8", "replace")


def _listed(value: Any) -> list[Chunk]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """A text, or those of a list of parts."""
    if isinstance(value, list):
        return "".join(_text(part.get("text")) for part in _listed(value))
    return value if isinstance(value, str) else ""
