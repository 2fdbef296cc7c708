"""What a server sends for a reply and what the template writes behind it, by plain transformers alone.

Nothing here knows how rows are rendered for training: it is what training is judged by.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import msgspec

import pitchpipe as pp

# How servers say the same message: arguments as an object or as text; no words as "" or as nothing at all, for
# Transformers drops what is none. Content is text; or parts, for a
# template that takes nothing else, as some do that see pictures.
MISSING = "missing"
FORMS = tuple(product((True, False), ("", MISSING)))
# What opens a thought in a prompt, and what closes it.
THOUGHTS = {
    "<think>": "</think>", "<|channel>thought": "<channel|>", "[THINK]": "[/THINK]",
    "<seed:think>": "</seed:think>", "<|START_THINKING|>": "<|END_THINKING|>",
}  # fmt: skip
SWITCHES = (
    {},
    {"enable_thinking": False},
    {"enable_thinking": True},
    {"thinking": False},
    {"thinking": True},
)


@dataclass(frozen=True)
class Served:
    """A server's prompt for a reply, and what the template writes behind it, where it begins with it."""

    prompt: str
    after: str | None
    lost: tuple[str, ...]  # words of the reply that are not in it
    forgotten: bool  # words before the reply are not in the prompt
    elsewhere: tuple[
        str, ...
    ] = ()  # what it writes behind a plainer past, where it does not begin with the prompt

    @property
    def opened(self) -> str | None:
        """What closes the thought that the prompt opens, if it does."""
        end = self.prompt.rstrip()
        return next((close for open_, close in THOUGHTS.items() if end.endswith(open_)), None)

    @property
    def writable(self) -> bool:
        """Can all that the reply says stand behind the prompt?"""
        return (self.after is not None and not self.lost) or self.opened is not None


class Oracle:
    """A tokenizer's chat template as servers use it. `ends` are the tokens that may end a reply."""

    def __init__(self, tokenizer: Any, ends: tuple[str, ...]):
        self.tokenizer, self.ends = tokenizer, ends
        source = str(tokenizer.chat_template)
        self._known: dict[tuple[bytes, int, str], list[Served]] = {}
        self.reads_parts = "type" in source and "text" in source
        self.switches = [switch for switch in SWITCHES if all(name in source for name in switch)]

    def render(
        self, messages: list[dict[str, Any]], tools: list[Any], prompt: bool, variables: Mapping[str, Any]
    ) -> str | None:
        """A render; nothing where the template refuses, in whatever way it fails."""
        from transformers.utils.chat_template_utils import render_jinja_template

        asked = {"tools": tools or None, "add_generation_prompt": prompt, **variables}
        try:
            if all(message.get("content", "") is not None for message in messages):
                return self.tokenizer.apply_chat_template(messages, tokenize=False, **asked)
            source = self.tokenizer.get_chat_template(None, asked["tools"])
            texts, _ = render_jinja_template(
                [messages], chat_template=source, **{**self.tokenizer.special_tokens_map, **asked}
            )
            return texts[0]
        except Exception:
            return None

    def ids(self, text: str) -> list[int]:
        return self.tokenizer(text, add_special_tokens=False)["input_ids"]

    def served(
        self, conversation: pp.Conversation, at: int, variables: Mapping[str, Any] | None = None
    ) -> list[Served]:
        """All that a server may send for a reply; nothing if the template refuses it in every form."""
        key = (msgspec.msgpack.encode(conversation), at, repr(variables))
        if key not in self._known:
            self._known[key] = self._all_served(conversation, at, variables or {})
        return self._known[key]

    def _all_served(
        self, conversation: pp.Conversation, at: int, variables: Mapping[str, Any]
    ) -> list[Served]:
        calling = any(message.tool_calls for message in conversation.messages[: at + 1])
        forms = product(FORMS if calling else FORMS[:1], (False, True) if self.reads_parts else (False,))
        made = (self._served(conversation, at, (*form, parts), variables) for form, parts in forms)
        found = list(dict.fromkeys(one for one in made if one))
        return [one for one in found if not one.forgotten] or found

    def _served(
        self, conversation: pp.Conversation, at: int, form: Any, variables: Mapping[str, Any]
    ) -> Served | None:
        reply, tools = conversation.messages[at], list(conversation.tools)
        said = [as_sent(message, *form) for message in conversation.messages[: at + 1]]
        prompt, after = self._answered(said, tools, variables)
        if prompt is None:
            return None
        lost = _lost(reply, after or "")
        before = [words for message in conversation.messages[:at] for words in words_of(message, False)]
        before += [tool["function"]["name"] for tool in conversation.tools]
        forgotten = not all(_stands(words, prompt) for words in before)
        elsewhere = []
        for past in _plainer(conversation.messages[:at]) if after is None else ():
            other = self._answered([as_sent(m, *form) for m in (*past, reply)], tools, variables)[1]
            if other is not None and not _lost(reply, other):
                elsewhere.append(other)
        if after is None and (
            words := words_of(reply, True)[:1]
        ):  # behind an end of the prompt that it has not
            whole = self.render(said, tools, False, variables) or ""
            elsewhere += [whole[whole.rindex(words[0]) :]] if words[0] in whole else []
        return Served(prompt, after, lost, forgotten, tuple(elsewhere))

    def _answered(
        self, said: list[dict[str, Any]], tools: list[Any], variables: Mapping[str, Any]
    ) -> tuple[str | None, str | None]:
        """The prompt for the last of these messages, and what the template writes behind it, if it does."""
        prompt = self.render(said[:-1], tools, True, variables)
        whole = None if prompt is None else self.render(said, tools, False, variables)
        behind = prompt is not None and whole is not None and whole.startswith(prompt)
        return prompt, whole.removeprefix(prompt) if behind else None

    # --- Verdicts --------------------------------------------------------------------------------

    def right(self, served: Served, conversation: pp.Conversation, at: int, learned: str) -> bool:
        """Is this what a model should say to the prompt: the reply, all of it, and its end?"""
        end = next((token for token in self.ends if learned.endswith(token)), None)
        if end is None:
            return False
        reply = conversation.messages[at]
        if served.after is not None and not served.lost:
            return learned in self._wholes(served.after, reply)
        if any(learned in self._wholes(other, reply) for other in served.elsewhere):
            return True
        thoughtless = served.after is not None and served.lost == (reply.reasoning.strip(),)
        if thoughtless and served.opened is None:
            return learned in self._aloud(learned, served.after, reply)
        return served.opened is not None and _thought_then_words(
            learned.removesuffix(end), reply, served.opened
        )

    def _aloud(self, learned: str, after: str, reply: pp.Message) -> Iterator[str]:
        """Where a template knows no reasoning, a thought may begin the words: a client may send it so."""
        for open_, close in THOUGHTS.items():
            thought, _, words = learned.removeprefix(open_).partition(close)
            if thought.strip() == reply.reasoning.strip():
                between = words[: len(words) - len(words.lstrip())]
                yield from (
                    open_ + thought + close + between + whole.lstrip() for whole in self._wholes(after, reply)
                )

    def _wholes(self, after: str, reply: pp.Message) -> Iterator[str]:
        """What follows a prompt, up to and with an end behind all words of the reply."""
        bare = after
        for token in self.ends:
            bare = bare.replace(token, "\0" * len(token))
        said = max((_end_of(words, bare) for words in words_of(reply, True)), default=0)
        if not any(token in after[said:] for token in self.ends):
            # Some templates end a reply with what begins the next turn.
            yield from (text + token for token in self.ends for text in (after, after.rstrip()))
            return
        one = "|".join(re.escape(token) for token in self.ends)
        first = re.compile(one).search(after, said)
        at = first.end() if first else 0
        while True:  # some write two ends, one for the words and one for the turn
            yield after[:at]
            more = re.compile(rf"\s*(?:{one})").match(after, at)
            if more is None:
                return
            at = more.end()

    def can_be_asked(self, conversation: pp.Conversation, at: int) -> str:
        """Must a reply be learned ("must"), or may it be? Can nobody ask for it ("never")?

        "lost" says that it can be asked for, but that the template does not write all that it says.
        """
        message, before = conversation.messages[at], conversation.messages[:at]
        if message.learn is False or not self.ends:  # nobody would know where a reply ends
            return "never"
        found = [one for switch in self.switches for one in self.served(conversation, at, switch)]
        if not any(one.writable for one in found):
            return "may" if any(one.elsewhere for one in found) else "lost" if found else "never"
        odd = not before or before[-1].role == "assistant" or not words_of(message, True)
        return "may" if odd or not any(one.writable and not one.forgotten for one in found) else "must"


def replies_of(conversation: pp.Conversation) -> list[int]:
    return [at for at, message in enumerate(conversation.messages) if message.role == "assistant"]


def as_sent(message: pp.Message, as_object: bool, nothing: str | None, parts: bool) -> dict[str, Any]:
    """A message as a client of a server says it. Reasoning has as many names as there are models."""
    content = f"{message.content}\n\n{message.context}" if message.context else message.content
    sent: dict[str, Any] = {"role": message.role, "content": content}
    if message.reasoning:
        sent |= dict.fromkeys(("reasoning_content", "reasoning", "thinking"), message.reasoning)
    if message.tool_calls:
        sent["content"] = content or nothing
        sent["tool_calls"] = [_call(call, as_object) for call in message.tool_calls]
        if nothing == MISSING and not content:
            del sent["content"]
    if parts and isinstance(sent.get("content"), str):
        sent["content"] = [{"type": "text", "text": sent["content"]}]
    sent |= {key: value for key in ("name", "tool_call_id") if (value := getattr(message, key))}
    return sent


def _plainer(past: Sequence[pp.Message]) -> Iterator[tuple[pp.Message, ...]]:
    """A past without thoughts and without words beside calls; and one of nothing but the last question."""
    yield tuple(pp.replace(m, reasoning="", content="" if m.tool_calls else m.content) for m in past)
    if past and past[-1].role != "tool":
        asked = [at for at, message in enumerate(past) if message.role == "user"][-1:]
        yield tuple(m for at, m in enumerate(past) if at in asked or (at == 0 and m.role == "system"))


def _call(call: dict[str, Any], as_object: bool) -> dict[str, Any]:
    arguments = call["function"]["arguments"]
    if as_object and isinstance(arguments, str):
        arguments = json.loads(arguments)
    elif not as_object and not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return {**call, "function": {**call["function"], "arguments": arguments}}


def words_of(message: pp.Message, reasoning: bool) -> list[str]:
    """What must not be lost of a message: its words, its calls, and the reasoning of a reply."""
    found = [message.content.strip(), message.context.strip()]
    if reasoning:
        found.append(message.reasoning.strip())
    for call in message.tool_calls:
        function = _call(call, True)["function"]
        found += [function["name"], *_leaves(function["arguments"])]
    return [words for words in found if words]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, dict | list):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _leaves(entry)


def _spelled(words: str) -> tuple[str, ...]:
    """Words as they are, and as JSON writes them, once and within JSON."""
    once = (words, json.dumps(words, ensure_ascii=False)[1:-1], json.dumps(words)[1:-1])
    return tuple(dict.fromkeys([*once, json.dumps(once[1], ensure_ascii=False)[1:-1]]))


def _stands(words: str, text: str) -> bool:
    return any(spelled in text for spelled in _spelled(words)) or _letters(words) in _letters(text)


def _lost(reply: pp.Message, text: str) -> tuple[str, ...]:
    """What a reply says and a text does not. A thought in the same words as the reply must stand there too."""
    lost = [words for words in words_of(reply, True) if not _stands(words, text)]
    thought = reply.reasoning.strip()
    if thought and thought not in lost and text.count(thought) < 1 + reply.content.count(thought):
        lost += [thought] if thought in text else []
    return tuple(lost)


def _letters(text: str) -> str:
    """A text without what notations of arguments escape, and without white space."""
    return re.sub(r"\\n|\\t|[\\'\"\s]", "", text)


def _end_of(words: str, text: str) -> int:
    """Where words end in a text that holds them: the last time, as a thought may say them too."""
    return max((at + len(s) for s in _spelled(words) if (at := text.rfind(s)) >= 0), default=0)


def _thought_then_words(said: str, reply: pp.Message, close: str) -> bool:
    """A thought, its close, and the words: what a model says where the prompt has opened the thought."""
    thought, found, words = said.partition(close)
    if not found or thought.strip() != reply.reasoning.strip():
        return False
    if reply.tool_calls:
        return all(_stands(one, words) for one in words_of(reply, False))
    return words.strip() == reply.content.strip()
