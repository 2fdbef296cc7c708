"""A chat template, probed: what ends a reply, which tokens are its own, how it wants to be asked."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation, Json, Message, replace
from pitchpipe.records.template import JinjaTemplate, Piece
from pitchpipe_stages.render.asked import THOUGHT, Asked
from pitchpipe_stages.render.asker import Asker
from pitchpipe_stages.render.by_reply import ByReply
from pitchpipe_stages.render.chat_template import ChatTemplate, Passed
from pitchpipe_stages.render.jinja_environment import DAY
from pitchpipe_stages.render.marking import any_of
from pitchpipe_stages.render.messages import Serving
from pitchpipe_stages.render.source_facts import SourceFacts, pinned
from pitchpipe_stages.render.writing import ChatTemplates, Writer, Writings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def _talk(thought: str = "") -> tuple[Message, ...]:
    return (
        Message("user", "One?"),
        Message("assistant", "Two.", reasoning=thought),
        Message("user", "Three?"),
        Message("assistant", "Four.", reasoning=thought),
    )


_LOOK: Json = {
    "type": "function",
    "function": {"name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {}}},
}
_CALL: Json = {"id": "callabcde", "type": "function", "function": {"name": "look", "arguments": {}}}
_CALLING = Conversation(
    (Message("user", "One?"), Message("assistant", "", tool_calls=(_CALL,))), tools=(_LOOK,)
)
_SYSTEM = Message("system", "Five.")


class ProbedWriter(Writer):
    """A chat template with a tokenizer's special tokens. Of a named set, `tool_use` writes tools."""

    def __init__(self, template: JinjaTemplate, tokenizer: "PreTrainedTokenizerFast"):
        sources = {"default": template.source} if isinstance(template.source, str) else template.source
        self.template, self.sources = template, dict(sources)
        self._probes = {
            name: _Probe(source, template, tokenizer)
            for name, source in self.sources.items()
            if name in ("default", "tool_use")
        }
        probes = list(self._probes.values())
        self.stop = template.stop or probes[0].stop
        self.stops = tuple(dict.fromkeys([self.stop, *(stop for probe in probes for stop in probe.stops)]))
        self.tokens = tuple(sorted({token for probe in probes for token in probe.tokens}))
        self._asks_the_day = any(probe.facts.asks_the_day for probe in probes)

    def __call__(self, conversation: Conversation) -> Iterable[Piece]:
        return self._by_reply(conversation)(conversation)

    def whole(self, conversation: Conversation) -> list[Piece]:
        return self._by_reply(conversation).whole(conversation)

    def written(self, conversation: Conversation) -> Writings:
        return self._by_reply(conversation).written(conversation)

    def asked(self, conversation: Conversation, reply: int) -> tuple[list[Piece], str]:
        return self._by_reply(conversation).asked(conversation, reply)

    def awaited(self, conversation: Conversation, variables: Mapping[str, object]) -> list[Piece]:
        return self._by_reply(conversation).awaited(conversation, variables)

    def jinja(self, bos: str, eos: str, defaults: Mapping[str, object] | None = None) -> ChatTemplates:
        """The source, which knows what training knew: the recipe's variables, the day, the switches."""
        day, values = self.template.day, {**(defaults or {}), **self.template.variables}
        saved = {
            name: pinned(source, {**SourceFacts.of(source).days(day), **values}, day)
            for name, source in self.sources.items()
        }
        return saved if len(saved) > 1 else saved["default"]

    def notes(self) -> list[str]:
        day = self.template.day or DAY
        told = f"the chat template asks for today's date: it is told {day}, here and in the saved model"
        return [f"{told} (the template's option `date`)"] if self._asks_the_day else []

    def _by_reply(self, conversation: Conversation) -> ByReply:
        name = "tool_use" if conversation.tools and "tool_use" in self._probes else "default"
        return self._probes[name].by_reply


class _Probe:
    """One chat template, probed with conversations that it has to write."""

    def __init__(self, source: str, template: JinjaTemplate, tokenizer: "PreTrainedTokenizerFast"):
        self.facts = facts = SourceFacts.of(source)
        special = {key: str(token) for key, token in tokenizer.special_tokens_map.items() if token}
        own = {key: token for key, token in special.items() if key.endswith("_token")}
        variables = {**own, **facts.days(template.day), **template.variables}
        added = {str(token): token.special for token in tokenizer.added_tokens_decoder.values()}
        known = {token for token, special in added.items() if special}
        known |= {*tokenizer.all_special_tokens, template.stop} - {""}
        self._chat = ChatTemplate(source, variables, template.day, any_of(known))
        ends = (template.stop or str(tokenizer.eos_token),)
        asker = Asker(self._chat, ends, any_of(known), self._servings(), ())
        self._plain, found = _first_written(asker)
        known |= self._role_tokens(found, {token for token, special in added.items() if not special})
        self._chat.risky = any_of(known)
        switches = () if not facts.switches else self._switches(set(template.variables))
        self.stop = template.stop or found.stop
        self.by_reply = ByReply(
            Asker(self._chat, (self.stop,), any_of(known), _fitting(asker, found), switches)
        )
        self.stops = tuple(self._stops())
        self.tokens = self._written(known, source)

    def _servings(self) -> tuple[Serving, ...]:
        """The forms of messages to try."""
        forms = (False, True) if self.facts.reads_parts else (False,)
        return tuple(
            Serving(thought_apart=apart, in_parts=parts) for parts in forms for apart in (True, False)
        )

    def _switches(self, given: set[str]) -> tuple[str, ...]:
        """Those names that change a prompt, but for those that the recipe gives."""
        messages, tools = self._plain.messages[:1], self._plain.tools
        found = []
        for name in self.facts.switches:
            prompts = set()
            for value in ({}, {name: False}, {name: True}):
                with suppress(Quarantine):
                    prompts.add(self._chat.prompt(messages, tools, Passed(variables=value)))
            if name not in given and len(prompts) > 1:
                found.append(name)
        return tuple(found)

    def _role_tokens(self, found: Asked, added: set[str]) -> set[str]:
        """Added tokens that begin or end turns, though the tokenizer does not call them special."""
        own = [text for text, tag in found.parts if not tag]
        prompt = found.text[: found.start]
        turns = " ".join([*own, prompt[prompt.rfind(self._plain.messages[-2].content) :]])
        turns = THOUGHT.sub(" ", turns)
        return {token for token in added if token.strip() and token in turns}

    def _stops(self) -> Iterator[str]:
        yield self.stop
        calling = replace(_CALLING, messages=(*self._plain.messages[:-4], *_CALLING.messages))
        with suppress(Quarantine, PitchpipeError):  # some know no tools
            yield self.by_reply.asker.ask(calling, len(calling.messages) - 1).stop

    def _written(self, known: set[str], source: str) -> tuple[str, ...]:
        """The control tokens that it can write, of the thousands that a tokenizer may have."""
        texts = [source]
        for talk in (self._plain, replace(self._plain, messages=(_SYSTEM, *_talk()))):
            with suppress(Quarantine):  # some know no system messages
                texts.append(self._chat.prompt(talk.messages[:-1], talk.tools, Passed()))
        return tuple(token for token in known if any(token in text for text in texts))


def _first_written(asker: Asker) -> tuple[Conversation, Asked]:
    """The plainest conversation that it writes. Some want a system message, tools or reasoning."""
    refusal: Quarantine | None = None
    for tools, thought in product(((), (_LOOK,)), ("", "Six.")):
        for system in ((), (_SYSTEM,)):
            talk = Conversation((*system, *_talk(thought)), tools=tools)
            for serving in (asker.servings[0], asker.servings[-1]):
                with_form = Asker(asker.template, asker.ends, asker.tokens, (serving,))
                try:
                    return talk, with_form.ask(talk, len(talk.messages) - 1)
                except Quarantine as reason:
                    refusal = refusal or reason
    raise PitchpipeError(
        f"the chat template cannot write a plain conversation: {refusal}."
        " Choose another template; say `stop` where it is a file's that ends replies with a word of its own."
    )


def _fitting(asker: Asker, found: Asked) -> tuple[Serving, ...]:
    """The forms of messages that fit a plain conversation."""
    return tuple(s for s in asker.servings if s.in_parts == found.request.serving.in_parts)
