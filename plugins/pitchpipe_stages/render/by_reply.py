"""A conversation in a chat template's words: as few examples as there can be, each reply in its own prompt.

Most chat templates write what was said always alike: then one text serves all replies. Others write a reply
otherwise once it is history: without its reasoning, with another end. Then each of these has a text of its
own, which ends with it.
"""

from collections.abc import Iterator, Mapping, Sequence

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, MarkedWords, Message, replace
from pitchpipe.records.template import Piece
from pitchpipe_stages.render.asked import Asked
from pitchpipe_stages.render.asker import Asker
from pitchpipe_stages.render.chat_template import LostCalls, Passed, check_complete
from pitchpipe_stages.render.marking import TaggedText, cut, trimmed
from pitchpipe_stages.render.shapes import Plan, Shape, plan_of, planned, shape_of
from pitchpipe_stages.render.source_facts import SourceFacts
from pitchpipe_stages.render.writing import Writings, Written, said, wanted

Span = tuple[int, int]
NO_TOOLS = "the chat template writes no tools: neither training nor a server shows them"
NO_THOUGHTS = "the template has no place for reasoning: it stands in the words, between <think> tags"
MANY = 10_000  # shapes that are remembered


class ByReply:
    """Writes conversations so that each reply is learned as a server would ask for it."""

    def __init__(self, asker: Asker):
        self.asker = asker
        self._tests = SourceFacts.of(asker.template.source).tests
        self._plans: dict[Shape, Plan | None] = {}

    def __call__(self, conversation: Conversation) -> list[Piece]:
        return self.written(conversation).examples[-1].pieces

    def whole(self, conversation: Conversation) -> list[Piece]:
        """The whole conversation, as the chat template writes it when all is said."""
        return list(pieces_of(self._parts(conversation), []))

    def asked(self, conversation: Conversation, reply: int) -> tuple[list[Piece], str]:
        asked = self.asker.ask(conversation, reply)
        prompt = cut(asked.parts, 0, asked.start)
        words = pieces_of(cut(asked.parts, asked.start, asked.end), [(0, asked.end - asked.start)])
        return list(pieces_of(prompt, [])), said(words)

    def awaited(self, conversation: Conversation, variables: Mapping[str, object]) -> list[Piece]:
        """The prompt of the reply that comes next, as a server writes it."""
        messages = conversation.messages
        refusal: Quarantine | None = None
        for serving in self.asker.forms(messages):
            request = Passed(serving, variables)
            try:
                prompt = self.asker.template.written(messages, conversation.tools, request, prompt=True)
                check_complete(prompt, conversation, len(messages))
            except Quarantine as reason:
                refusal = refusal or reason
                continue
            return list(pieces_of(prompt.parts, []))
        raise refusal or Quarantine("nobody can ask for the next reply")

    def written(self, conversation: Conversation) -> Writings:
        shape = shape_of(conversation, self._tests)
        plan = self._plans.get(shape) if shape else None
        groups = planned(plan, conversation, self.asker.template) if plan else None
        if groups:
            return self._examples(conversation, groups, {})
        return self._asked_for(conversation, shape)

    def _asked_for(self, conversation: Conversation, shape: Shape | None) -> Writings:
        """Each reply asked for, and those together that one text serves."""
        found: dict[int, Asked] = {}
        missed: dict[int, str] = {}
        for reply in wanted(conversation):
            try:
                found[reply] = self.asker.ask(conversation, reply)
            except LostCalls:
                raise
            except Quarantine as reason:
                missed[reply] = str(reason)
        if not found:
            if missed or not any(message.learn for message in conversation.messages):
                raise Quarantine(next(iter(missed.values()), "no reply to learn from"))
            return Writings([Written(conversation, self._marked(conversation), ())])
        groups = list(_groups(list(found.values())))
        if shape and not missed and shape not in self._plans and len(self._plans) < MANY:
            self._plans[shape] = plan_of(groups)
        return self._examples(conversation, groups, missed)

    def _notes(self, conversation: Conversation, groups: list[list[Asked]]) -> Iterator[str]:
        """What became of words otherwise than one might expect."""
        for one in (one for group in groups for one in group):
            if one.note:
                yield one.note
            if conversation.messages[one.reply].reasoning and not self.asker.knows_thoughts:
                yield NO_THOUGHTS
        if conversation.tools and all(tag != "t" for _, tag in groups[-1][-1].parts):
            yield NO_TOOLS

    def _examples(
        self, conversation: Conversation, groups: list[list[Asked]], missed: dict[int, str]
    ) -> Writings:
        *early, last = groups
        self._go_on(last[-1], conversation)
        examples = [_example(conversation, group, False, number) for number, group in enumerate(early)]
        examples.append(_example(conversation, last, True, len(early)))
        return Writings(examples, missed, tuple(dict.fromkeys(self._notes(conversation, groups))))

    def _marked(self, conversation: Conversation) -> list[Piece]:
        """The whole conversation, where no reply is learned but other messages are."""
        parts = self._parts(conversation)
        return list(pieces_of(parts, list(_words_marked(parts, conversation.messages))))

    def _parts(self, conversation: Conversation) -> list[TaggedText]:
        request = Passed(self.asker.servings[0])
        return self.asker.template.written(conversation.messages, conversation.tools, request).parts

    def _go_on(self, head: Asked, conversation: Conversation) -> None:
        """Take what follows the last reply too, if some of it is to be learned."""
        if not any(m.learn for m in conversation.messages[head.reply + 1 :]):
            return
        whole = self.asker.template.written(conversation.messages, conversation.tools, head.request)
        if whole.text.startswith(head.text[: head.end]):
            head.text, head.parts = whole.text, whole.parts


def _groups(asked: list[Asked]) -> Iterator[list[Asked]]:
    """Replies that one text serves, its own last: from the first text to the longest."""
    groups: list[list[Asked]] = []
    left = asked
    while left:
        head = left[-1]
        group = [one for one in left if head.text.startswith(one.text[: one.end])]
        left = [one for one in left if one not in group]
        groups.append(group)
    return reversed(groups)


def _example(conversation: Conversation, group: list[Asked], is_last: bool, number: int) -> Written:
    head, replies = group[-1], tuple(one.reply for one in group)
    spans = [span for one in group for span in _spans(head.parts, one, conversation.messages[one.reply])]
    if is_last:
        spans += _words_marked(head.parts, conversation.messages)
    requests = {one.reply: one.request for one in group}
    only = is_last and not number and len(replies) == len(wanted(conversation))
    part = conversation if only else _part(conversation, replies, is_last)
    part = replace(part, id=f"{part.id}-{number + 1}") if number else part
    return Written(part, list(pieces_of(head.parts, spans)), replies, requests)


def _part(conversation: Conversation, replies: Sequence[int], is_last: bool) -> Conversation:
    """The conversation as far as an example goes; the replies that others teach are marked."""
    messages = list(conversation.messages if is_last else conversation.messages[: replies[-1] + 1])
    for index, message in enumerate(messages):
        if index not in replies and (message.role == "assistant" or not is_last):
            messages[index] = replace(message, learn=False)
    return replace(
        conversation, messages=tuple(messages), rejected=conversation.rejected if is_last else None
    )


def _spans(parts: list[TaggedText], asked: Asked, reply: Message) -> Iterator[Span]:
    """What is learned of a reply: all, or the parts that are marked and the text beside them."""
    marked = reply.marked_words(True)
    if len(marked) == 1:
        yield asked.start, asked.end
        return
    at = 0
    for text, tag in parts:
        if tag == f"{asked.reply}c":
            break
        at += len(text)
    else:
        raise Quarantine("the chat template changes words of which only parts are learned")
    if marked[0][1]:
        yield asked.start, at
    for start, end in _within(text, marked):
        yield at + start, at + end
    if marked[-1][1]:
        yield at + len(text), asked.end


def _words_marked(parts: list[TaggedText], messages: Sequence[Message]) -> Iterator[Span]:
    """Words of others that a row marks as learned."""
    at = 0
    for text, tag in parts:
        message = messages[int(tag[:-1])] if tag[:-1] else None
        if message and message.learn and message.role != "assistant":
            marked = message.marked_words(True)
            for start, end in _within(text, marked) if tag.endswith("c") else [(0, len(text))]:
                yield at + start, at + end
        at += len(text)


def _within(words: str, marked: MarkedWords) -> list[Span]:
    """Where those of a message's words stand that are learned; some chat templates trim them."""
    if len(marked) == 1:
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


def pieces_of(parts: Sequence[TaggedText], learned: Sequence[Span]) -> Iterator[Piece]:
    """Parts as pieces; what stands within a span is learned."""
    spans, at = iter(sorted(learned)), 0
    start, end = next(spans, (-1, -1))
    for text, tag in parts:
        here, behind = at, at + len(text)
        while here < behind:
            while 0 <= end <= here:
                start, end = next(spans, (-1, -1))
            if end < 0 or start >= behind:
                yield Piece(text[here - at :], control=not tag)
                break
            if start > here:
                yield Piece(text[here - at : start - at], control=not tag)
                here = start
            until = min(end, behind)
            yield Piece(text[here - at : until - at], True, not tag)
            here = until
        at = behind
