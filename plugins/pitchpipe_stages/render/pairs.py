"""Two sides of a conversation: one ends with its last reply, the other with a worse one in its place.

On each side, only that reply is learned. Both must have one prompt, and must say different things. A reply
that was judged alone has one side: the conversation of a bad one ends before it, and `rejected` holds it.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, Message, replace
from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.render.batched import BatchedRenderer
from pitchpipe_stages.render.messages import ASKED_WITH
from pitchpipe_stages.render.taught import TaughtPart, TaughtParts, tokens_of

NO_REJECTED = "no rejected reply"
NOT_LAST = "a turn follows the reply that is judged"
UNLEARNED = "the row says that the chosen reply, or a part of it, is not learned"
SAME = "both sides say the same"
OTHER_PROMPT = "the prompts of both sides differ"


class TaughtSides:
    """Renders both sides of pairs, or the one side of a reply that was judged alone.

    `together`: the collator puts both sides into one row, where both must fit.
    """

    def __init__(self, batched: BatchedRenderer, paired: bool, together: bool):
        self.batched, self._paired, self._together = batched, paired, together

    def examples(self, conversations: Sequence[Conversation]) -> Iterator[TaughtParts | Quarantine]:
        parted = [self._parted(conversation) for conversation in conversations]
        rendered = self.batched.examples(
            list(chain.from_iterable(sides for sides in parted if not isinstance(sides, Quarantine)))
        )
        for conversation, sides in zip(conversations, parted, strict=True):
            if isinstance(sides, Quarantine):
                yield sides
                continue
            found = [next(rendered) for _ in sides]
            try:
                yield self._joined(conversation, sides, found)
            except Quarantine as reason:
                yield reason

    def alone(self, conversation: Conversation) -> list[TaughtPart]:
        found = next(self.examples([conversation]))
        if isinstance(found, Quarantine):
            raise found
        return found.parts

    def room(self, example: Example) -> int:
        lengths = len(example.ids), len(example.rejected.ids) if example.rejected else 0
        return sum(lengths) if self._together else max(lengths)

    def tokens(self, conversation: Conversation) -> tuple[int, int]:
        example = self.alone(conversation)[-1].example
        return self.room(example), tokens_of(example)

    def teaches(self, conversation: Conversation) -> bool:
        return True

    def _parted(self, conversation: Conversation) -> list[Conversation] | Quarantine:
        """The conversation of each side, of which the last reply is learned."""
        rejected, messages = conversation.rejected, conversation.messages
        ends = bool(messages) and messages[-1].role == "assistant"
        if rejected is None and self._paired:
            return Quarantine(NO_REJECTED)
        if not ends and (self._paired or rejected is None):
            return Quarantine(NOT_LAST)
        if ends and messages[-1].learn not in (None, True):
            return Quarantine(UNLEARNED)
        before = messages[:-1] if ends else messages
        replies = [*messages[len(before) :], *([rejected] if rejected else [])]
        return [_side(conversation, before, reply) for reply in replies]

    def _joined(
        self,
        conversation: Conversation,
        sides: list[Conversation],
        found: Sequence[TaughtParts | Quarantine],
    ) -> TaughtParts:
        """One example of what was made of its sides."""
        rendered = [_sound(one, side, conversation) for one, side in zip(found, sides, strict=True)]
        if len(rendered) == 2 and not _one_prompt(*(one.parts[-1].example for one in rendered)):
            rendered = self._asked_alike(sides, rendered)
        taught = [one.parts[-1] for one in rendered]
        better = taught[0] if sides[0].messages[-1] is not conversation.rejected else None
        ids = [list(one.example.ids) for one in taught]
        if len(ids) == 2 and ids[0] == ids[1]:
            raise Quarantine(SAME)
        example = Example([], [])
        if better:
            example = Example(better.example.ids, better.example.labels)
        if len(taught) == 2 or better is None:
            example.rejected = taught[-1].example
        whole = TaughtPart(
            conversation,
            example,
            tuple(reply for one in taught for reply in one.replies),
            taught[0].requests,
            tuple(taught),
        )
        return TaughtParts([whole], {}, tuple(dict.fromkeys(note for one in rendered for note in one.notes)))

    def _asked_alike(self, sides: list[Conversation], rendered: list[TaughtParts]) -> list[TaughtParts]:
        """Both sides asked for with the variables of one of them: first of one that reasons."""
        order = sorted((0, 1), key=lambda at: not sides[at].messages[-1].reasoning)
        for at in order:
            request = next(iter(rendered[at].parts[-1].requests.values()), None)
            if request is None:
                continue
            found = list(self.batched.examples([_with(side, request.variables) for side in sides]))
            sound = [one for one in found if not isinstance(one, Quarantine)]
            if len(sound) == 2 and _one_prompt(*(one.parts[-1].example for one in sound)):
                return sound
        raise Quarantine(OTHER_PROMPT)


def _sound(found: TaughtParts | Quarantine, side: Conversation, whole: Conversation) -> TaughtParts:
    if not isinstance(found, Quarantine):
        return found
    of = " (of the rejected reply)" if side.messages[-1].content != whole.messages[-1].content else ""
    raise Quarantine(f"{found}{of}")


def _one_prompt(better: Example, worse: Example) -> bool:
    """Whether the same ids stand before the first learned token of both."""
    prompts = [list(one.ids)[: _begins(one)] for one in (better, worse)]
    return prompts[0] == prompts[1]


def _begins(example: Example) -> int:
    return next(at for at, label in enumerate(example.labels) if label != IGNORED)


def _side(conversation: Conversation, before: Sequence[Message], reply: Message) -> Conversation:
    silent = (message if message.learn is False else replace(message, learn=False) for message in before)
    said = reply if reply.learn is None else replace(reply, learn=None)
    return replace(conversation, messages=(*silent, said), rejected=None)


def _with(side: Conversation, variables: Mapping[str, object]) -> Conversation:
    return replace(side, meta={**side.meta, ASKED_WITH: dict(variables)})
