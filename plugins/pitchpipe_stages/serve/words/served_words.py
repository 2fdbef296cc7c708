"""All that a served model needs to be asked in words, and to answer in words."""

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from typing import Any

from pitchpipe.host.serving import Declined, Likely, Request
from pitchpipe.run.keys import digest, digest_files, room_files, version_of
from pitchpipe_stages.generate.decoding import Decoder, hidden_tokens
from pitchpipe_stages.generate.opened import OpenedModel
from pitchpipe_stages.generate.thoughts import Thoughts
from pitchpipe_stages.render.sections import MODEL
from pitchpipe_stages.serve.engine.row import TokenStep
from pitchpipe_stages.serve.words.answer_writer import AnswerWriter
from pitchpipe_stages.serve.words.calls.form import CallForm
from pitchpipe_stages.serve.words.calls.held import HeldCalls
from pitchpipe_stages.serve.words.calls.probe import form_of
from pitchpipe_stages.serve.words.prompt_reader import PromptReader
from pitchpipe_stages.serve.words.proof import proven
from pitchpipe_stages.serve.words.token_bytes import TokenBytes
from pitchpipe_stages.serve.words.weights_digest import weights_digest

TAIL = 8  # tokens at the end of a prompt, which may open reasoning
ROOMS = ("pitchpipe_stages.serve.engine", "pitchpipe_stages.serve.words", "pitchpipe_stages.render")


class ServedWords:
    """Reads requests, and writes answers."""

    def __init__(self, opened: OpenedModel, adapter: str = ""):
        self.opened, self.adapter = opened, adapter
        self.reader = PromptReader(opened)
        self.bytes = TokenBytes(opened.tokenizer)

    def read(self, request: Request) -> dict[str, Any]:
        """The ids of a request, and its identity where the answer is determined."""
        if request.conversation.tools and not self.call_form:
            words = "this model's chat template declares no tools, or writes calls that cannot be read back"
            raise Declined(400, words, "tools", "unsupported_parameter")
        ids = self.reader.ids(request)
        param = "messages" if is_chat(request) else "prompt"
        self.reader.must_have_room(len(ids), request.wish.max_tokens, param)
        return {"ids": ids, "identity": self._identity(request, ids)}

    def _identity(self, request: Request, ids: tuple[int, ...]) -> str:
        wish = request.wish
        if wish.sampling.temperature and wish.seed is None:
            return ""
        if not wish.sampling.temperature:
            wish = replace(wish, seed=None)
        bias = sorted(wish.bias.items())
        whose = (self.adapter, self.opened.without_adapter, self.digest)
        tools = request.conversation.tools  # they tell what is a call
        return digest(ids, replace(wish, bias={}, variables={}), bias, is_chat(request), tools, *whose)

    @cached_property
    def digest(self) -> str:
        """Of the model, the template, and the code that asks it."""
        model = self.opened.model
        files = sorted(file for room in ROOMS for file in room_files(room))
        code = (digest_files(*files), version_of("torch"), version_of("transformers"))
        place = (str(model.device), str(model.dtype), self.opened.context)
        return digest(weights_digest(model), self.opened.rendering.digest(), place, code)

    def proven(self) -> str:
        """What was proven, for people. What is costly to find out is known afterwards."""
        with self.reader.alone:
            told = proven(self.reader)
        _ = self.digest, self.call_form
        return f"{self.place}: {told}"

    @property
    def place(self) -> str:
        """Where the model lies."""
        model = self.opened.recipe[MODEL]
        assert model
        return str(self.opened.run or model.options.get("folder") or model.options.get("name") or model.name)

    # --- Answers ---------------------------------------------------------------------------------

    def writer(self, request: Request, number: int) -> AnswerWriter:
        """Makes words of an answer's tokens."""
        wanted = request.wish.stop
        stop_ids = frozenset(self._hidden_names[stop] for stop in wanted if stop in self._hidden_names)
        if not is_chat(request):
            decoder = Decoder(self.opened.tokenizer, self.hidden)
            return AnswerWriter(number, decoder, stops=wanted, stop_ids=stop_ids)
        thoughts = Thoughts(str(self.opened.tokenizer.decode(list(request.ids[-TAIL:]))))
        calls = self._calls(request, number) if request.conversation.tools else None
        decoder = Decoder(self.opened.tokenizer, self._hidden_beside_calls if calls else self.hidden)
        return AnswerWriter(number, decoder, thoughts, calls, wanted, stop_ids)

    def _calls(self, request: Request, number: int) -> HeldCalls:
        assert self.call_form
        whole = (request.identity or request.id, number)
        # 9 letters: Mistral's chat templates take no other ids.
        return HeldCalls(
            self.call_form, request.conversation.tools, lambda at: digest(*whole, at)[:9], request.wish.calls
        )

    @cached_property
    def call_form(self) -> CallForm | None:
        """How calls of tools are written."""
        with self.reader.alone:
            return form_of(self.opened.renderer)

    @cached_property
    def _hidden_beside_calls(self) -> Collection[int]:
        written = self.call_form.written if self.call_form else ""
        return {token for name, token in self._hidden_names.items() if name not in written}

    @cached_property
    def hidden(self) -> Collection[int]:
        return hidden_tokens(self.opened.tokenizer)

    @cached_property
    def _hidden_names(self) -> dict[str, int]:
        """Tokens that answers do not show, by their text: a client may still want to stop there."""
        added = self.opened.tokenizer.added_tokens_decoder
        return {str(added[token]): token for token in self.hidden}

    def likely(self, step: TokenStep) -> Likely | None:
        """A step's token, and those in its place, with their bytes."""
        if step.likely is None:
            return None
        logprob, others = step.likely
        told = [(token, self.bytes[token], other) for token, other in others]
        return Likely(step.token, self.bytes[step.token], logprob, told)


def is_chat(request: Request) -> bool:
    """Whether a conversation is to be answered, rather than a text that goes on."""
    return request.text is None and request.tokens is None
