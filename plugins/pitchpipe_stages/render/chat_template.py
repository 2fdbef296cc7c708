"""A Jinja chat template as a template: its render is taken apart into its own text and the data's.

Without the marks around the data's words the render must be, to the letter, what a server renders. A row
whose render is not is refused, whatever the chat template does with words.
"""

from collections.abc import Iterator, Mapping, Sequence

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation, Json, MarkedWords
from pitchpipe.records.template import Piece
from pitchpipe_stages.render.jinja_environment import compiled
from pitchpipe_stages.render.marking import (
    WAYS,
    TaggedText,
    marked_message,
    marked_tool,
    take_apart,
    trimmed,
    unmarked,
)
from pitchpipe_stages.render.messages import as_served

Span = tuple[int, int]


class ChatTemplate:
    """A chat template with what ends a reply in it, and what a server's prompt adds before a reply.

    Where that is nothing, as in Mistral's "[/INST] Hello", a reply begins after one of the texts `asked`.
    """

    def __init__(
        self,
        source: str,
        stop: str,
        opening: str = "",
        asked: tuple[str, ...] = (),
        variables: Mapping[str, object] | None = None,
        context_apart: bool = False,
    ):
        self.source, self.stop, self.opening, self.asked = source, stop, opening, asked
        self.variables, self.context_apart = variables or {}, context_apart

    def render(self, messages: list[Json], tools: Sequence[Json] | None = None, prompt: bool = False) -> str:
        try:
            return str(
                compiled(self.source).render(
                    messages=messages, tools=tools or None, add_generation_prompt=prompt, **self.variables
                )
            )
        except (PitchpipeError, Quarantine):
            raise
        except Exception as error:  # a chat template is a program: it may fail in any way
            raise Quarantine(f"the chat template refuses it: {error}") from None

    def pieces(self, conversation: Conversation) -> list[Piece]:
        """The render in pieces: replies and their end are learned."""
        parts = self.parts(as_served(conversation, self.context_apart), conversation.tools)
        self._whole(conversation, {tag for _, tag in parts if tag})
        return self._learned(conversation, parts)

    def parts(self, messages: list[Json], tools: Sequence[Json] = ()) -> list[TaggedText]:
        """A render as text and whose it is: a message's number with a letter for its part, or nobody's."""
        unmarked([messages, tools])
        plain, marked_tools = self.render(messages, tools), [marked_tool(tool) for tool in tools]
        for way in WAYS:
            marked = [marked_message(message, index, way) for index, message in enumerate(messages)]
            try:
                parts = take_apart(self.render(marked, marked_tools))
            except Quarantine:
                continue
            if "".join(text for text, _ in parts) == plain:
                return parts
        raise Quarantine("the chat template changes the words, in a way that cannot be followed")

    def _whole(self, conversation: Conversation, seen: set[str]) -> None:
        """What the chat template leaves out is never left out in silence."""
        if conversation.tools and "t" not in seen:
            raise Quarantine("the chat template writes no tools")
        forgotten = False
        for index, message in enumerate(conversation.messages):
            if message.content.strip() and f"{index}c" not in seen:
                raise Quarantine(f"the chat template leaves out what the {message.role} says")
            if message.tool_calls and f"{index}f" not in seen:
                raise Quarantine("the chat template writes no calls of tools")
            if message.role == "user":
                forgotten = False  # reasoning before the last question may be left out, as servers do
            forgotten |= bool(message.reasoning) and f"{index}r" not in seen
        if forgotten:
            raise Quarantine("the chat template writes no reasoning; `reasoning: strip` leaves it out")

    def _learned(self, conversation: Conversation, parts: list[TaggedText]) -> list[Piece]:
        """Of a learned reply all is learned from where a server's prompt ends to the token that ends it.

        A reply without its reasoning, or one that no server's prompt leads to, is only what was said before.
        """
        spans: dict[int, list[Span]] = {}
        replies = strangers = 0
        for index, (first, last, tags) in _places(parts).items():
            message = conversation.messages[index]
            forgot = message.reasoning and f"{index}r" not in tags
            learn = message.learn if message.learn is not None else not forgot
            if learn and message.role == "assistant":
                replies += 1
                strangers += not self._reply(parts, first, last, spans, message.marked_words(True))
            elif message.learn:
                for at in range(first, last + 1):
                    if parts[at][1]:
                        spans.setdefault(at, []).extend(_within(*parts[at], message.marked_words(True)))
        if replies and replies == strangers:
            raise Quarantine(
                f"the chat template's prompt for a reply ends with {self.opening!r}, this row's does not"
            )
        return [piece for at, part in enumerate(parts) for piece in _split(*part, spans.get(at, []))]

    def _reply(
        self,
        parts: list[TaggedText],
        first: int,
        last: int,
        spans: dict[int, list[Span]],
        marked: MarkedWords,
    ) -> bool:
        """Mark a reply as learned, if it stands where a server's prompt ends."""
        before = parts[first - 1][0] if first and not parts[first - 1][1] else ""
        ends = [self.opening] if self.opening else self.asked
        begin = max((at + len(end) for end in ends if (at := before.rfind(end)) >= 0), default=-1)
        if begin < 0:
            return False
        after = parts[last + 1][0] if last + 1 < len(parts) and not parts[last + 1][1] else ""
        end = after.find(self.stop)
        if end < 0:
            raise Quarantine(f"the chat template does not end a reply with {self.stop!r}")
        if before[begin:] and marked[0][1]:
            spans.setdefault(first - 1, []).append((begin, len(before)))
        for index in range(first, last + 1):
            spans.setdefault(index, []).extend(_within(*parts[index], marked))
        if marked[-1][1]:
            spans.setdefault(last + 1, []).append((0, end + len(self.stop)))
        return True


def _within(words: str, whose: str, marked: MarkedWords) -> list[Span]:
    """Where those of a learned message's words stand that are learned; some chat templates trim them."""
    if len(marked) == 1 or not whose.endswith("c"):
        return [(0, len(words))]
    if words == "".join(text for text, _ in trimmed(marked)):
        marked = trimmed(marked)
    elif words != "".join(text for text, _ in marked):
        raise Quarantine("the chat template changes words of which only parts are learned")
    found, at = [], 0
    for text, learn in marked:
        found += [(at, at + len(text))] * learn
        at += len(text)
    return found


def _places(parts: list[TaggedText]) -> dict[int, tuple[int, int, set[str]]]:
    """Of each message the first and the last of its parts, and which it has."""
    places: dict[int, tuple[int, int, set[str]]] = {}
    for at, (_, tag) in enumerate(parts):
        if tag and tag[:-1]:
            first, _, tags = places.get(int(tag[:-1]), (at, at, set()))
            places[int(tag[:-1])] = (first, at, tags | {tag})
    return places


def _split(text: str, tag: str, learned: list[Span]) -> Iterator[Piece]:
    at = 0
    for start, end in sorted(learned):
        yield Piece(text[at:start], control=not tag)
        yield Piece(text[max(at, start) : end], learn=True, control=not tag)
        at = max(at, end)
    yield Piece(text[at:], control=not tag)
