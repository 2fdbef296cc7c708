"""A Jinja chat template: its render is taken apart into its own text and the data's.

Without the marks around the data's words the render must be, to the letter, what a server renders.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_stages.render.jinja_environment import compiled
from pitchpipe_stages.render.marking import (
    WAYS,
    Marks,
    TaggedText,
    look_up,
    marked_tool,
    refuse_marks,
    take_apart,
)
from pitchpipe_stages.render.messages import Serving, as_served, texts_in

CHANGED = "the chat template changes the words, in a way that cannot be followed"


class LostCalls(Quarantine):
    """Calls that a chat template does not write: what follows would answer nothing."""


class Passed(NamedTuple):
    """What a server passes beside the words: in which form they are, and values that the template knows."""

    serving: Serving = Serving()
    variables: Mapping[str, object] = {}


class Rendered(NamedTuple):
    """A render: whole, and in parts."""

    text: str
    parts: list[TaggedText]


class ChatTemplate:
    """Renders messages. `day` is today, for chat templates that ask the clock.

    `risky` finds words that could become control tokens: where there are none, marks are not needed.
    """

    def __init__(
        self,
        source: str,
        variables: Mapping[str, object] | None = None,
        day: str = "",
        risky: re.Pattern[str] | None = None,
    ):
        self.source, self.variables, self.day, self.risky = source, variables or {}, day, risky

    def render(
        self,
        messages: list[Json],
        tools: Sequence[Json] | None = None,
        prompt: bool = False,
        variables: Mapping[str, object] | None = None,
    ) -> str:
        known = {**self.variables, **(variables or {})}
        try:
            return str(
                compiled(self.source, self.day).render(
                    messages=messages, tools=tools or None, add_generation_prompt=prompt, **known
                )
            )
        except (PitchpipeError, Quarantine):
            raise
        except Exception as error:  # a chat template is a program: it may fail in any way
            raise Quarantine(f"the chat template refuses it: {error}") from None

    def prompt(self, messages: Sequence[Message], tools: Sequence[Json], request: Passed) -> str:
        """What a server sends for the next reply."""
        return self.render(as_served(messages, request.serving), tools, True, request.variables)

    def written(
        self, messages: Sequence[Message], tools: Sequence[Json], request: Passed, prompt: bool = False
    ) -> Rendered:
        """A render as text and whose it is: a message's number with a letter for its part, or nobody's."""
        served = as_served(messages, request.serving)
        plain = self.render(served, tools, prompt, request.variables)
        refuse_marks(plain)
        marked_tools = [marked_tool(tool) for tool in tools]
        for way in WAYS:
            marked = as_served(messages, request.serving, Marks(way))
            try:
                parts = take_apart(self.render(marked, marked_tools, prompt, request.variables))
            except Quarantine:
                continue
            if "".join(text for text, _ in parts) == plain:
                return Rendered(plain, parts)
        if self.risky is None or any(map(self.risky.search, texts_in([served, tools]))):
            raise Quarantine(CHANGED)
        return Rendered(plain, [*look_up(plain, messages), *_named(plain, tools)])


def check_complete(rendered: Rendered, conversation: Conversation, upto: int) -> None:
    """What the chat template leaves out is never left out in silence."""
    seen = [tag for _, tag in rendered.parts if tag]
    for index, message in enumerate(conversation.messages[:upto]):
        past = message.role == "assistant" and index < upto - 1  # its own prompt tells whether it is lost
        if message.content.strip() and f"{index}c" not in seen and not past:
            raise Quarantine(f"the chat template leaves out what the {message.role} says")
        if (calls := len(message.tool_calls)) and seen.count(f"{index}f") < calls:
            kind = f"one of {calls} calls" if f"{index}f" in seen else "no calls of tools"
            raise LostCalls(f"the chat template writes {kind}")


def _named(text: str, tools: Sequence[Json]) -> list[TaggedText]:
    """A sign that the text names every tool, where its words were looked up."""
    names = [tool.get("function", tool).get("name") for tool in tools]
    all_there = tools and all(isinstance(name, str) and name in text for name in names)
    return [("", "t")] if all_there else []
