"""A chat template, probed: which text is its own, what ends a reply, where a server's prompt ends."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe.records.template import JinjaTemplate, Piece
from pitchpipe_stages.render.chat_template import ChatTemplate
from pitchpipe_stages.render.marking import TaggedText
from pitchpipe_stages.render.writing import Writer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_QUESTION: Json = {"role": "user", "content": "One?"}
_TALK: list[Json] = [
    _QUESTION,
    {"role": "assistant", "content": "Two."},
    {"role": "user", "content": "Three?"},
]
_CALL = {"id": "callabcde", "type": "function", "function": {"name": "look", "arguments": {}}}
_CALLING: list[Json] = [
    _QUESTION,
    {"role": "assistant", "content": "", "tool_calls": [_CALL]},
    {"role": "tool", "content": "Five.", "name": "look", "tool_call_id": "callabcde"},
    {"role": "assistant", "content": "Six."},
]
_WITH_SYSTEM: list[Json] = [{"role": "system", "content": "Four."}, *_TALK]


class ProbedWriter(Writer):
    """A chat template with a tokenizer's special tokens."""

    context_apart = False

    def __init__(self, template: JinjaTemplate, tokenizer: "PreTrainedTokenizerFast"):
        self.source, self.variables = template.source, template.variables
        special = {key: str(token) for key, token in tokenizer.special_tokens_map.items() if token}
        own = {key: token for key, token in special.items() if key.endswith("_token")}
        self._template = ChatTemplate(self.source, stop="", variables={**own, **template.variables})
        known = {str(t) for t in tokenizer.added_tokens_decoder.values() if t.special}
        known |= set(tokenizer.all_special_tokens)
        self._talk = self._probed()
        self.stop = template.stop or self._found_stop(known)
        self._template.stop, self._template.opening = self.stop, self._found_opening()
        self._template.asked = self._found_asked(known)
        self.tokens = self._written(known)

    def __call__(self, conversation: Conversation) -> Iterable[Piece]:
        return self._template.pieces(conversation)

    def jinja(self, bos: str, eos: str) -> str:
        return self.source

    def _probed(self) -> list[TaggedText]:
        """A plain conversation as the chat template writes it, in parts."""
        try:
            parts = self._template.parts(_TALK)
        except Quarantine as reason:
            raise PitchpipeError(f"the chat template cannot write a plain conversation: {reason}") from None
        if not {tag for _, tag in parts} >= {"0c", "1c", "2c"}:
            raise PitchpipeError("the chat template leaves out words of a plain conversation")
        return parts

    def _found_stop(self, known: set[str]) -> str:
        """The first control token after a reply."""
        at = [tag for _, tag in self._talk].index("1c")
        after = "".join(text for text, tag in self._talk[at + 1 :] if not tag)
        found = min(((after.find(t), -len(t), t) for t in known if t in after), default=None)
        if found is None:
            raise PitchpipeError(
                "the chat template ends replies with no control token, so that no server knows when to stop."
                " Choose another template, or say `stop` where it is a file's."
            )
        return found[2]

    def _found_opening(self) -> str:
        """What a server's prompt adds before a reply."""
        ended = self._template.render([_QUESTION])
        asked = self._template.render([_QUESTION], prompt=True)
        alike = next((at for at, (a, b) in enumerate(zip(ended, asked, strict=False)) if a != b), None)
        return asked[min(len(ended), len(asked)) if alike is None else alike :]

    def _found_asked(self, known: set[str]) -> tuple[str, ...]:
        """What ends a question or a tool's result, but for the space that begins a reply."""
        found = [_between(self._talk, "0c", "1c")]
        with suppress(Quarantine):  # some know no tools
            found.append(_between(self._template.parts(_CALLING), "2c", "3c"))
        last = [max((text.rfind(token) for token in known if token in text), default=0) for text in found]
        ends = (text[at:].rstrip(" ") for text, at in zip(found, last, strict=True))
        return tuple(end for end in ends if end)

    def _written(self, known: set[str]) -> tuple[str, ...]:
        """The control tokens that it can write, of the thousands that a tokenizer may have."""
        texts = [self.source]
        for talk in (_TALK, _WITH_SYSTEM):
            with suppress(Quarantine):  # some know no system messages
                texts.append(self._template.render(talk, prompt=True))
        return tuple(sorted(token for token in known if any(token in text for text in texts)))


def _between(parts: list[TaggedText], first: str, second: str) -> str:
    """What the chat template writes between two words of the data."""
    tags = [tag for _, tag in parts]
    if first not in tags or second not in tags:
        return ""
    return "".join(text for text, _ in parts[tags.index(first) + 1 : tags.index(second)])
