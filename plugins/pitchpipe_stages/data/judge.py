"""Filters at work on a shard: each decision, edit, note and score is kept."""

import inspect
from array import array

from pitchpipe.errors import Quarantine
from pitchpipe.host.protocols import Comparer
from pitchpipe.recipe.recipe import Use
from pitchpipe.records.conversation import Conversation
from pitchpipe.records.verdict import Drop, Verdict
from pitchpipe_stages.data.read import wrong
from pitchpipe_stages.data.sections import tags
from pitchpipe_stages.data.shards import NOT_SCORED, Judgement

EXPECTED = "the conversation, pp.judged(...), pp.noted(...) or pp.drop(reason)"


def compares(use: Use) -> bool:
    """Does it compare conversations with each other?"""
    return isinstance(use.bound, Comparer)


def in_order(use: Use) -> bool:
    """Must it see all conversations in order? A class may keep state, unless it says it is `parallel`."""
    return (
        inspect.isclass(use.component.call)
        and not compares(use)
        and not getattr(use.bound, "parallel", False)
    )


class Judge:
    """One filter, at work on one shard."""

    def __init__(self, use: Use, key: str, size: int):
        self.use, self.size, self.bound = use, size, use.bound
        self.judgement = Judgement(key, use.label)
        self._refused = self.judgement.tags if tags(use) else self.judgement.drops
        self._columns: dict[str, array[float]] = {}

    def take(self, index: int, conversation: Conversation, result: object) -> Conversation | None:
        """Keeps a filter's result that is not the conversation itself. Returns what is left of it."""
        if type(result) is Verdict:
            if result.scores and self._scored(index, result):
                return None
            if result.conversation is not conversation:
                self._edited(index, result.conversation, result.notes or ("edited",))
            elif result.notes:
                self.judgement.notes[index] = result.notes
            return result.conversation
        if type(result) is Drop:
            self._refused[index] = result
            return conversation if self._refused is self.judgement.tags else None
        if not isinstance(result, Conversation):
            raise wrong(self.use, result, EXPECTED)
        self._edited(index, result, ("edited",))
        return result

    def _edited(self, index: int, conversation: Conversation, notes: tuple[str, ...]) -> None:
        self.judgement.edits[index] = conversation
        self.judgement.notes[index] = notes

    def _scored(self, index: int, verdict: Verdict) -> bool:
        """Keep the scores. True: one is out of bounds, and the row goes."""
        out = False
        for name, (score, least, most) in verdict.scores.items():
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = array("d", [NOT_SCORED]) * self.size
                self.judgement.bounds[name] = (least, most)
            column[index] = score
            if (least is not None and score < least) or (most is not None and score > most):
                out = True
        if out:
            self._refused[index] = verdict.drop or Drop("out of bounds")
        return out and self._refused is self.judgement.drops

    def done(self) -> Judgement:
        self.judgement.scores = {name: column.tobytes() for name, column in self._columns.items()}
        return self.judgement


def judge(judges: list[Judge], alive: dict[int, Conversation]) -> dict[int, Conversation]:
    """Each conversation through all these filters, before the next one. Returns what they leave."""
    left = {}
    for index, conversation in alive.items():
        for judge in judges:
            try:
                result = judge.bound(conversation)
            except Quarantine as reason:
                result = Drop(str(reason) or "refused")
            except Exception as error:
                error.add_note(f"in {judge.use.component}, at {conversation.source}")
                raise
            if result is not conversation:
                taken = judge.take(index, conversation, result)
                if taken is None:
                    break
                conversation = taken
        else:
            left[index] = conversation
    return left
