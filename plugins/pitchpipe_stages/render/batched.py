"""Many conversations rendered at once, with the same ids, labels and proofs as one by one.

This takes a tokenizer that spells bytes. Every other case goes the slow way, one by one: data that looks
like a control token, learned words that begin inside a token, texts that tokens do not spell exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.render.encoder import Encoder
from pitchpipe_stages.render.renderer import MANY, Renderer
from pitchpipe_stages.render.spelling import Ids, Offsets, Spelling
from pitchpipe_stages.render.taught import TaughtParts
from pitchpipe_stages.render.writing import Writings, Written

Places = NDArray[np.int64]  # of tokens
Flags = NDArray[np.bool_]
Tokens = Sequence[int]  # an array behaves as one
Encoded = Example | Quarantine
Result = TaughtParts | Quarantine

TOGETHER = 250  # conversations: what is computed of them fits a processor's cache


@dataclass
class _Texts:
    """Texts to encode: whose they are, what is learned of them, in bytes, and their control tokens."""

    owners: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    learned: list[tuple[int, int, int]] = field(default_factory=list)  # text, start, end
    control: list[list[int]] = field(default_factory=list)


class BatchedRenderer:
    """A renderer for many conversations."""

    def __init__(self, renderer: Renderer):
        self.renderer, self.encoder = renderer, Encoder(renderer.core)
        self._forbidden = np.zeros(1 + max(renderer.core.get_vocab(with_added_tokens=True).values()), bool)
        self._forbidden[list(renderer.control.values())] = True
        self._asked: dict[bytes, bool] = {}

    def examples(self, conversations: Sequence[Conversation]) -> Iterator[Result]:
        """Each conversation's examples, or why it has none."""
        for start in range(0, len(conversations), TOGETHER):
            yield from self._together(conversations[start : start + TOGETHER])

    def _together(self, conversations: Sequence[Conversation]) -> Iterator[Result]:
        written = list(map(self._written, conversations))
        all_written = [one for some in written if isinstance(some, Writings) for one in some.examples]
        encoded = iter(self._encoded(all_written))
        for some in written:
            if isinstance(some, Quarantine):
                yield some
                continue
            try:
                yield self.renderer.gathered(some, [next(encoded) for _ in some.examples])
            except Quarantine as reason:
                yield reason

    def _written(self, conversation: Conversation) -> Writings | Quarantine:
        try:
            return self.renderer.written(conversation)
        except Quarantine as reason:
            return reason

    def _encoded(self, written: Sequence[Written]) -> list[Encoded]:
        results: list[Encoded | None] = [None] * len(written)
        if self.encoder.spelling is not None:
            texts = self._texts(written)
            if texts.texts:
                self._encode(texts, self.encoder.spelling, results)
        alone = self.renderer.alone
        return [alone(one) if found is None else found for one, found in zip(written, results, strict=True)]

    def _texts(self, written: Sequence[Written]) -> _Texts:
        texts = _Texts()
        for owner, one in enumerate(written):
            text = self.renderer.text(one.pieces)
            if text.risky or not text.taught:
                continue
            number = len(texts.texts)
            spans = text.learned if text.whole.isascii() else _in_bytes(text.whole, text.learned)
            texts.learned += [(number, start, end) for start, end in spans]
            texts.control.append(text.control)
            texts.texts.append(text.whole)
            texts.owners.append(owner)
        return texts

    def _encode(self, written: _Texts, spelling: Spelling, results: list[Encoded | None]) -> None:
        ids, offsets = self.encoder.flat(written.texts)
        ends = spelling.ends(ids)
        places = np.flatnonzero(self._forbidden.take(ids))
        sound = _as_said(written, spelling, ids, offsets, ends) & _as_meant(written, ids, offsets, places)
        edges = np.zeros(len(ids) + 1, np.int8)  # 1 where a learned stretch begins, -1 behind its end
        if written.learned:
            number, start, end = np.array(written.learned).T
            base = ends[offsets[number]]
            first, last = np.searchsorted(ends, base + start), np.searchsorted(ends, base + end)
            whole = (ends[np.minimum(first, len(ids))] == base + start) & (
                ends[np.minimum(last, len(ids))] == base + end
            )
            whole &= self._as_asked(spelling, ids, places, offsets[number], first)
            sound[number[~whole]] = False
            edges[first[whole]] += 1
            edges[last[whole]] -= 1
        labels = np.where(np.cumsum(edges[:-1], dtype=np.int8), ids, np.int32(IGNORED))
        for number, owner in enumerate(written.owners):
            if sound[number]:
                here = slice(offsets[number], offsets[number + 1])
                results[owner] = Example(cast(Tokens, ids[here]), cast(Tokens, labels[here]))

    def _as_asked(
        self, spelling: Spelling, ids: Ids, places: Places, begins: Offsets, first: Places
    ) -> Flags:
        """Before which replies a server's prompt has the same tokens, back to the control token before it.

        Those are the same few tokens wherever the template writes a control token before each reply.
        """
        before = np.searchsorted(places, first) - 1
        since = np.where(before >= 0, places[before] if len(places) else 0, 0)
        spans = zip(np.maximum(since, begins).tolist(), first.tolist(), strict=True)
        asked = [ids[start:end].tobytes() for start, end in spans]
        if new := sorted({tokens for tokens in asked if tokens not in self._asked}):
            texts = [
                spelling.spell(np.frombuffer(tokens, np.int32)).decode(errors="replace") for tokens in new
            ]
            found, offsets = self.encoder.flat(texts)
            for number, tokens in enumerate(new):
                self._asked[tokens] = found[offsets[number] : offsets[number + 1]].tobytes() == tokens
        right = np.array([self._asked[tokens] for tokens in asked], bool)
        if len(self._asked) > MANY:
            self._asked.clear()
        return right


def _as_said(written: _Texts, spelling: Spelling, ids: Ids, offsets: Offsets, ends: Offsets) -> Flags:
    """Which texts their tokens spell, to the byte."""
    raw = [text.encode() for text in written.texts]
    sound = np.diff(ends[offsets]) == [*map(len, raw)]
    if spelling.spell(ids) != b"".join(raw):
        for number, text in enumerate(raw):
            sound[number] &= spelling.spell(ids[offsets[number] : offsets[number + 1]]) == text
    return sound


def _as_meant(written: _Texts, ids: Ids, offsets: Offsets, places: Places) -> Flags:
    """Which texts hold the control tokens that their template wrote, and no others."""
    meant = np.array([token for control in written.control for token in control], np.int64)
    counts = np.array([len(control) for control in written.control])
    held = np.diff(np.searchsorted(places, offsets))
    sound = held == counts
    number = np.repeat(np.arange(len(counts)), counts)[compared := np.repeat(sound, counts)]
    other = ids[places][np.repeat(sound, held)] != meant[compared]
    sound[number[other]] = False
    return sound


def _in_bytes(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in text as places in its bytes."""
    found, at, reached = [], 0, 0
    for span in spans:
        both = []
        for place in span:
            at, reached = at + len(text[reached:place].encode()), place
            both.append(at)
        found.append((both[0], both[1]))
    return found
