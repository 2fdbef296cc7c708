"""Conversations that are too long: dropped, cut or split by whole exchanges, as the collator says.

Plain text is cut anywhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import Bounded
from pitchpipe.records.conversation import Conversation, Message, replace
from pitchpipe.records.verdict import Drop
from pitchpipe_stages.render.document import is_document, windows
from pitchpipe_stages.render.taught import TaughtPart, learned_of, tokens_of
from pitchpipe_stages.render.teaching import Teaching

Exchange = tuple[Message, ...]
CUT = {
    "cut_end": "turns cut from its end",
    "cut_start": "turns cut from its start",
    "split": "turns left out",
}


@dataclass
class Shortened:
    """What is left of a conversation: nothing, one, or several that it was split into."""

    parts: list[TaughtPart] = field(default_factory=list)
    drop: Drop | None = None
    note: str = ""
    tokens: int = 0  # of the whole that are in no part
    learned: int = 0


def shorten(part: TaughtPart, collator: Bounded, teaching: Teaching) -> Shortened:
    """An example that takes more room than the collator's length."""
    conversation, room = part.conversation, teaching.room(part.example)
    tokens, length, rule = tokens_of(part.example), collator.length, collator.too_long
    if rule == "stop":
        raise PitchpipeError(
            f"{conversation.source}: {room} tokens, more than the collator's length of {length}."
            " Its too_long can also drop, cut or split such conversations."
        )
    if is_document(conversation):
        return _shortened_text(part, collator, teaching)
    cutter = _ExchangeCutter(conversation, length, teaching)
    kept = [] if rule == "drop" else list(filter(cutter.teaches, getattr(cutter, rule)()))
    learned = learned_of(part.example)
    if not kept:
        return Shortened(drop=Drop("too many tokens", room, length), tokens=tokens, learned=learned)
    result = Shortened([part for number, some in enumerate(kept) for part in cutter.parts(some, number)])
    left = [exchange for some in kept for exchange in some]
    result.tokens = tokens - cutter.tokens(left) if len(left) < len(cutter.exchanges) else 0
    result.learned = learned - sum(learned_of(part.example) for part in result.parts)
    said = f"split into {len(kept)}" if len(kept) > 1 else CUT[rule]
    result.note = f"{said}: {result.tokens} of {tokens} tokens lost"
    return result


def _shortened_text(part: TaughtPart, collator: Bounded, teaching: Teaching) -> Shortened:
    """Plain text is cut between tokens: there are no turns to keep whole."""
    tokens, kept = len(part.example.ids), windows(part, collator, teaching.batched.renderer.core)
    if not kept:
        drop = Drop("too many tokens", tokens, collator.length)
        return Shortened(drop=drop, tokens=tokens, learned=part.example.learned)
    lost = tokens - sum(len(one.example.ids) for one in kept)
    learned = part.example.learned - sum(one.example.learned for one in kept)
    said = f"text split into {len(kept)}" if len(kept) > 1 else "text cut"
    return Shortened(kept, note=f"{said}: {lost} of {tokens} tokens lost", tokens=lost, learned=learned)


class _ExchangeCutter:
    """A conversation as exchanges: a question and all that is said until the next one. Each part begins
    with what stands before the first exchange, a system message."""

    def __init__(self, conversation: Conversation, length: int, teaching: Teaching):
        self.conversation, self.length, self.teaching = conversation, length, teaching
        self.opening, self.exchanges = exchanges(conversation.messages)

    def cut_end(self) -> list[list[Exchange]]:
        most = self._most(len(self.exchanges), lambda count: self.exchanges[:count])
        return [self.exchanges[:most]] if most else []

    def cut_start(self) -> list[list[Exchange]]:
        most = self._most(len(self.exchanges), lambda count: self.exchanges[-count:])
        return [self.exchanges[-most:]] if most else []

    def split(self) -> list[list[Exchange]]:
        """As few parts as there can be; an exchange that is too long by itself is in none."""
        parts, start = [], 0
        while start < len(self.exchanges):
            left = self.exchanges[start:]
            most = self._most(len(left), partial(_first, left))
            if most:
                parts.append(left[:most])
            start += max(most, 1)
        return parts

    def teaches(self, kept: list[Exchange]) -> bool:
        """Is there a reply to learn from?"""
        return self.teaching.teaches(self._of(kept))

    def parts(self, kept: list[Exchange], number: int) -> list[TaughtPart]:
        part = self._of(kept)
        return self.teaching.alone(replace(part, id=f"{part.id}-{number + 1}") if number else part)

    def tokens(self, kept: Sequence[Exchange]) -> int:
        return self.teaching.tokens(self._of(kept))[1]

    def _of(self, kept: Sequence[Exchange]) -> Conversation:
        messages = (*self.opening, *(message for exchange in kept for message in exchange))
        return replace(self.conversation, messages=messages)

    def _most(self, most: int, some: Callable[[int], Sequence[Exchange]]) -> int:
        """The largest number of exchanges that fit, found by halves."""
        least = 0
        while least < most:
            middle = (least + most + 1) // 2
            if self.teaching.tokens(self._of(some(middle)))[0] <= self.length:
                least = middle
            else:
                most = middle - 1
        return least


def _first(exchanges: Sequence[Exchange], count: int) -> Sequence[Exchange]:
    return exchanges[:count]


def exchanges(messages: Sequence[Message]) -> tuple[list[Message], list[Exchange]]:
    """What stands before all, and the exchanges: each begins with the first question after a reply."""
    first = next((at for at, m in enumerate(messages) if m.role != "system"), len(messages))
    found: list[list[Message]] = []
    answered = True
    for message in messages[first:]:
        if (message.role == "user" and answered) or not found:
            found.append([])
        answered = message.role == "assistant" or (answered and message.role != "user")
        found[-1].append(message)
    return list(messages[:first]), [tuple(exchange) for exchange in found]
