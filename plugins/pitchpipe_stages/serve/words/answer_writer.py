"""An answer while it is written: tokens become text, reasoning and calls, up to the text that stops it."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from pitchpipe.host.serving import Likely, Said
from pitchpipe_stages.generate.decoding import BROKEN, Decoder
from pitchpipe_stages.generate.thoughts import Stretch, Thoughts
from pitchpipe_stages.serve.words.calls.held import HeldCalls
from pitchpipe_stages.serve.words.stops import StopTexts


class _Token(NamedTuple):
    """A token of the content, and where its text stands in what the tokenizer has decoded."""

    start: int
    end: int
    likely: Likely


class AnswerWriter:
    """Makes stretches of one answer's tokens. Stop texts are looked for in its words alone.

    `thoughts` and `calls` part the text of a chat; a text that goes on has neither.
    """

    def __init__(
        self,
        index: int,
        decoder: Decoder,
        thoughts: Thoughts | None = None,
        calls: HeldCalls | None = None,
        stops: Sequence[str] = (),
        stop_ids: frozenset[int] = frozenset(),
    ):
        self.index, self.decoder, self.thoughts, self.calls = index, decoder, thoughts, calls
        self.stops, self.stop_ids = StopTexts(stops), stop_ids
        self.ended = False
        self._fed = 0  # characters that were decoded
        self._likely = deque[_Token]()
        self._tokens = self._thought = self._unsure = 0  # that no stretch has counted yet

    def add(self, token: int, end: str = "", likely: Likely | None = None) -> Said | None:
        """What this token adds, if anything can be said yet. `end` says that it is the last one, and why."""
        if self.ended:
            return None
        stopped = token in self.stop_ids
        is_end = stopped or end == "stop"
        text = "" if is_end else self.decoder.add(token)
        if end or stopped:
            rest = self.decoder.finish()
            text += rest if is_end else rest.rstrip(BROKEN)  # half a character that its length has cut
        was_thinking = self._thinking
        said = self._parted(text, bool(end or stopped))
        self._count(was_thinking)
        self._keep(likely if not (is_end or was_thinking or self._thinking) else None, text)
        return self._said(said, "stop" if is_end else end)

    @property
    def _thinking(self) -> bool:
        return bool(self.thoughts and self.thoughts.thinking)

    def _parted(self, text: str, last: bool) -> tuple[str, str]:
        """What of the text is known to be reasoning, and what to be words."""
        parts = self.thoughts.add(text, last) if self.thoughts else [Stretch(text)]
        reasoning = words = ""
        for part in parts:
            if part.thought:
                reasoning += part.text
            else:
                words += part.text
        if self.calls:
            words = self.calls.add(words, last)
        return reasoning, self.stops.add(words, last)

    def _count(self, was_thinking: bool) -> None:
        self._tokens += 1
        if was_thinking or self._thinking:
            self._thought += 1 + self._unsure
            self._unsure = 0
            self._likely.clear()  # what stands before reasoning is its mark
        elif self.thoughts and not self.thoughts.begun:
            self._unsure += 1
        else:
            self._unsure = 0

    def _keep(self, likely: Likely | None, text: str) -> None:
        start, self._fed = self._fed, self._fed + len(text)
        if likely:
            self._likely.append(_Token(start, self._fed, likely))

    def _said(self, said: tuple[str, str], end: str) -> Said | None:
        reasoning, words = said
        calls = self.calls.found if self.calls and not self.stops.found else ()
        if self.stops.found:
            end = "stop"
        elif end == "stop" and calls:
            end = "tool_calls"
        if not (reasoning or words or end):
            return None
        self.ended = bool(end)
        likely = self._told(bool(end))
        tokens, thought = self._tokens, self._thought
        self._tokens = self._thought = 0
        said_calls = calls if end else ()
        return Said(self.index, words, reasoning, said_calls, likely, tokens, end=end, thought=thought)

    def _told(self, last: bool) -> list[Likely]:
        """The likelihoods of the tokens whose text is said."""
        held = len(self.stops.held) + (len(self.calls.held) if self.calls else 0)
        held += len(self.thoughts.held) if self.thoughts else 0
        known = self._fed - held
        told = list[Likely]()
        while self._likely:
            first = self._likely[0]
            whole = first.end <= known or (self.stops.found and first.start < known)
            if not whole and not (last and not self.stops.found):
                break
            told.append(self._likely.popleft().likely)
        return told
