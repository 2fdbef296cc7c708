"""Templates of every kind as writers."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import AnyTemplate, Fitted, Several, Template, WritesJinja
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.template import EOS, JinjaTemplate, Piece, Turns
from pitchpipe_stages.render.probe import ProbedWriter
from pitchpipe_stages.render.turns import TurnsWriter
from pitchpipe_stages.render.writing import ChatTemplates, Writer, Writings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def writer_of(template: AnyTemplate | Writer) -> Writer:
    """The writer of a template, whatever its kind."""
    if isinstance(template, Writer):
        return template
    if isinstance(template, Turns):
        return TurnsWriter(template)
    if isinstance(template, JinjaTemplate):
        return _OfJinja(template)
    if isinstance(template, Several):
        return SeveralWriters(template, [writer_of(one) for one in template.templates])
    return _OfTokenizer(template) if isinstance(template, Fitted) else _OfCode(template)


class _OfCode(Writer):
    """A template that is code. What it does not say has a default."""

    def __init__(self, template: Template):
        self.template = template
        self.stop = getattr(template, "stop", EOS)
        self.tokens = tuple(getattr(template, "tokens", ()))

    def __call__(self, conversation: Conversation) -> Iterable[Piece]:
        return self.template(conversation)

    def jinja(self, bos: str, eos: str, defaults: Mapping[str, object] | None = None) -> ChatTemplates:
        return self.template.jinja(bos, eos) if isinstance(self.template, WritesJinja) else None


class _Unfitted(Writer):
    """A template that writes nothing before it has a tokenizer."""

    def __call__(self, conversation: Conversation) -> Iterable[Piece]:
        raise PitchpipeError("this template writes nothing before it has the model's tokenizer")


class _OfTokenizer(_Unfitted):
    def __init__(self, template: Fitted):
        self.template = template

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> Writer:
        return writer_of(self.template.fit(tokenizer)).fit(tokenizer)


class _OfJinja(_Unfitted):
    def __init__(self, template: JinjaTemplate):
        self.template = template

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> Writer:
        return ProbedWriter(self.template, tokenizer)


class SeveralWriters(Writer):
    """Several templates, one for each conversation. The first one serves."""

    def __init__(self, template: Several, writers: list[Writer]):
        self.template, self.writers = template, writers
        self.stop, self.stops = self.serving.stop, self.serving.stops
        # The control tokens of all, and what ends the replies of each.
        self.tokens = tuple(dict.fromkeys(token for w in writers for token in (*w.tokens, w.stop)))

    def __call__(self, conversation: Conversation) -> Iterable[Piece]:
        return self._chosen(conversation)(conversation)

    def whole(self, conversation: Conversation) -> Iterable[Piece]:
        return self._chosen(conversation).whole(conversation)

    def written(self, conversation: Conversation) -> Writings:
        return self._chosen(conversation).written(conversation)

    def _chosen(self, conversation: Conversation) -> Writer:
        return self.writers[self.template.chosen(conversation)]

    @property
    def serving(self) -> Writer:
        return self.writers[0].serving

    def jinja(self, bos: str, eos: str, defaults: Mapping[str, object] | None = None) -> ChatTemplates:
        return self.serving.jinja(bos, eos, defaults)

    def notes(self) -> list[str]:
        return list(dict.fromkeys(note for writer in self.writers for note in writer.notes()))

    def fit(self, tokenizer: "PreTrainedTokenizerFast") -> Writer:
        return SeveralWriters(self.template, [writer.fit(tokenizer) for writer in self.writers])

    def with_reasoning(self, rule: str) -> Writer:
        return SeveralWriters(self.template, [writer.with_reasoning(rule) for writer in self.writers])

    @property
    def keeps_reasoning(self) -> bool:
        return True
