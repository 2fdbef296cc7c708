"""Conversations of one shape: what a chat template does with one of them it does with all.

A chat template decides by who speaks when, by what is there and what is empty, by white space at the ends of
words, and by words that its source names. All this is a conversation's shape. The first conversation of a
shape is asked for reply by reply; of the others one render per example is enough, which must be built alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchpipe.records.conversation import Conversation
from pitchpipe_stages.render.asked import COMPOSED, Asked
from pitchpipe_stages.render.chat_template import ChatTemplate, Passed
from pitchpipe_stages.render.marking import TaggedText
from pitchpipe_stages.render.messages import ASKED_WITH, IN_WORDS

Shape = tuple[object, ...]
Place = tuple[int, int, str]  # a part, how far into it, and the part's text


def shape_of(conversation: Conversation, tests: Sequence[str]) -> Shape | None:
    """The shape; none where tools are about, for their texts are part of the chat template's decisions."""
    if conversation.tools:
        return None
    shape: list[object] = [bool(conversation.meta.get(IN_WORDS)), repr(conversation.meta.get(ASKED_WITH))]
    for message in conversation.messages:
        if message.tool_calls or message.role == "tool":
            return None
        learn = "parts" if isinstance(message.learn, tuple) else message.learn
        shape += (message.role, learn, bool(message.name))
        shape += [_look(words, tests) for words in (message.content, message.context, message.reasoning)]
    return tuple(shape)


def _look(words: str, tests: Sequence[str]) -> Shape:
    """What a chat template can see of words: the white space at their ends, and words that it looks for."""
    if not words:
        return ()
    first, last = words[0], words[-1]
    found = [test for test in tests if test in words]
    return (first if first.isspace() else "", last if last.isspace() else "", *found)


@dataclass(frozen=True)
class PlannedReply:
    """Where a reply stands in the text of its example."""

    reply: int
    request: Passed
    start: Place
    end: Place
    stop: str


@dataclass(frozen=True)
class PlannedExample:
    """How an example of a shape is built: whose words follow each other, and where its replies stand."""

    tags: tuple[str, ...]
    replies: tuple[PlannedReply, ...]


Plan = tuple[PlannedExample, ...]


def plan_of(groups: Sequence[Sequence[Asked]]) -> Plan | None:
    """The plan by which others of the shape are written; none where a text had to be composed."""
    if any(one.fit == COMPOSED for group in groups for one in group):
        return None
    return tuple(
        PlannedExample(
            tuple(tag for _, tag in group[-1].parts),
            tuple(
                PlannedReply(
                    one.reply,
                    one.request,
                    _place(group[-1].parts, one.start),
                    _place(group[-1].parts, one.end),
                    one.stop,
                )
                for one in group
            ),
        )
        for group in groups
    )


def planned(plan: Plan, conversation: Conversation, template: ChatTemplate) -> list[list[Asked]] | None:
    """The groups of replies by a plan; none where this conversation is built otherwise."""
    groups = []
    for example in plan:
        head = example.replies[-1]
        text, parts = template.written(conversation.messages[: head.reply + 1], (), head.request)
        if tuple(tag for _, tag in parts) != example.tags:
            return None
        begins = [0]
        for words, _ in parts:
            begins.append(begins[-1] + len(words))
        group = []
        for reply in example.replies:
            start, end = _at(reply.start, parts, begins), _at(reply.end, parts, begins)
            if start is None or end is None:
                return None
            group.append(Asked(reply.reply, text, parts, start, end, reply.stop, reply.request, fit=0))
        groups.append(group)
    return groups


def _place(parts: Sequence[TaggedText], position: int) -> Place:
    """A position as a place in the chat template's own text, if it is in any."""
    at = 0
    for number, (text, tag) in enumerate(parts):
        if not tag and at <= position <= at + len(text):
            return number, position - at, text
        at += len(text)
    return -1, 0, ""


def _at(place: Place, parts: Sequence[TaggedText], begins: Sequence[int]) -> int | None:
    number, offset, text = place
    return begins[number] + offset if number >= 0 and parts[number][0] == text else None
