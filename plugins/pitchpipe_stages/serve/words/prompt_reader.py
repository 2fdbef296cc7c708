"""The ids of a request: those that training saw for the same words, and never a control token more."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import Any

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.host.serving import Declined, Request
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.template import Piece
from pitchpipe_stages.generate.opened import OpenedModel
from pitchpipe_stages.model.before import rows_of
from pitchpipe_stages.render.beginning import text_ids
from pitchpipe_stages.serve.words.variables import must_know

LONG = 1 << 16  # characters of a prompt that may be too long for sure
SLICE, SEAM = 1 << 14, 256  # characters that are counted at once, and tokens that a cut may make more
FULL = "context_length_exceeded"


class PromptReader:
    """Reads requests for one model. Several threads may ask it: a tokenizer has one state for all."""

    def __init__(self, opened: OpenedModel):
        self.opened = opened
        self.alone = Lock()

    def ids(self, request: Request) -> tuple[int, ...]:
        """What the model reads; a request that it cannot read is declined."""
        if request.tokens is not None:
            return self._sound(request.tokens)
        with self.alone:
            try:
                if request.text is not None:
                    self._must_fit("prompt", request.text)
                    return tuple(self.text(request.text))
                return tuple(self.chat(request.conversation, request.wish.variables))
            except (Quarantine, PitchpipeError) as refusal:
                if isinstance(refusal, Declined):
                    raise
                param = "prompt" if request.text is not None else "messages"
                raise Declined(400, str(refusal), param, "invalid_value") from None

    def chat(self, conversation: Conversation, variables: Mapping[str, Any] | None = None) -> list[int]:
        """The prompt of the reply that comes next, where a client names these variables."""
        if not self.opened.chats:
            words = "this model has no chat template: it goes on with texts, at /v1/completions. To chat,"
            raise Declined(
                400, f"{words} serve it with one: --template chatml", "messages", "no_chat_template"
            )
        self._must_fit("messages", *(message.content for message in conversation.messages))
        renderer = self.opened.renderer
        must_know(renderer.chat_template, variables or {})
        return renderer.next_prompt(conversation, {**self.opened.variables, **(variables or {})})

    def text(self, words: str) -> list[int]:
        """A text to go on with, begun as the tokenizer begins every text. Its words are no control tokens."""
        begin = text_ids(self.opened.tokenizer, "")
        return [*begin, *(self.opened.renderer.encode([Piece(words)]).ids if words else ())]

    def _sound(self, tokens: Sequence[int]) -> tuple[int, ...]:
        begin = text_ids(self.opened.tokenizer, "")
        for at, token in enumerate(tokens):
            if not 0 <= token < self._rows:
                words = f"there is no token {token}: this model knows 0 to {self._rows - 1:,}"
                raise Declined(400, words, f"prompt.{at}", "invalid_value")
            if token in self._control and not (at == 0 and [token] == begin):
                words = (
                    f"token {token}, {self._control[token]!r}, is a control token, which no client may send"
                )
                raise Declined(400, words, f"prompt.{at}", "invalid_value")
        return tuple(tokens)

    @cached_property
    def _rows(self) -> int:
        return rows_of(self.opened.model)

    @cached_property
    def _control(self) -> dict[int, str]:
        return {token: name for name, token in self.opened.renderer.control.items()}

    # --- Room ------------------------------------------------------------------------------------

    def room(self, taken: int) -> int | None:
        """Tokens that an answer may have behind a prompt of so many, where there is a most."""
        if self.opened.context is None:
            return None
        return self.opened.context - (1 if self.opened.model.config.is_encoder_decoder else taken)

    def must_have_room(self, taken: int, wanted: int | None, param: str) -> None:
        """Declines what does not fit into the context: a prompt alone, or with the answer that is wanted."""
        room = self.room(taken)
        if room is None:
            return
        if taken >= (self.opened.context or 0) or room < 1:
            raise _full(self.opened.context, f"your {param} have {taken:,} tokens", param)
        if wanted is not None and wanted > room:
            words = f"you asked for {taken + wanted:,}: {taken:,} in the {param}, {wanted:,} in the answer"
            raise _full(self.opened.context, words, param)

    def _must_fit(self, param: str, *texts: str) -> None:
        """What is too long for sure is refused before all of it costs seconds: it is counted in slices, up to
        the first one too many."""
        context = self.opened.context
        if context is None or sum(map(len, texts)) < LONG:
            return
        core, least = self.opened.renderer.core, 0
        for text in texts:
            bare = text.strip()  # some templates trim words
            for at in range(0, len(bare), SLICE):
                (some,) = core.encode_batch([bare[at : at + SLICE]], add_special_tokens=False)
                least += max(0, len(some) - SEAM)
                if least >= context:
                    raise _full(context, f"your {param} have more", param)


def _full(context: int | None, words: str, param: str) -> Declined:
    most = f"this model's maximum context length is {context:,} tokens"
    return Declined(400, f"{most}, and {words}", param, FULL)
