"""A generator's questions in tokens and dollars: those on record, those that come next, those it states."""

from collections.abc import Sequence
from functools import cached_property

from pitchpipe.host.contracts import Usage
from pitchpipe.recipe.recipe import Use
from pitchpipe_stages.generate.making.expected import Statement
from pitchpipe_stages.generate.making.progress import PosedQuestion
from pitchpipe_stages.generate.requests.abilities import Priced
from pitchpipe_tools.generate.forecast import Took, total
from pitchpipe_tools.generate.sampled import Sampled

A_TOKEN = 4.0  # bytes of a request for each, where no server has counted any
UNSEEN = 300.0  # tokens of a question, where there is none yet


class QuestionSizes:
    """What a generator's questions take."""

    def __init__(self, use: Use, teachers: Sequence[Use], sampled: Sampled):
        once = {question.key: question for question in sampled.questions(use.label)}.values()
        self.known = [question for question in once if question.end != "unsent"]
        self.next = [question for question in once if question.end == "unsent"]
        self.teacher = next(one.bound for one in teachers if one.label == use.shared["teacher"])

    def of_known(self) -> Took:
        return _sum(self.known)

    def by_operator(self) -> dict[str, Took]:
        """Those on record. Of questions that came next nobody knows the operator."""
        names = dict.fromkeys(question.operator for question in self.known)
        return {name: _sum([one for one in self.known if one.operator == name]) for name in names}

    def of_next(self, share: float) -> Took:
        """What comes next, if each reply has this share of the tokens that it may have."""
        thinking = getattr(self.teacher, "thinking", 0)
        each = [self._priced(1, self._read(one), share * (one.max_tokens + thinking)) for one in self.next]
        return total(each)

    def stated(self, said: Statement) -> Took:
        """A draft or a source as the generator states it."""
        count, made = said.get("questions", 1.0), said.get("made", 1.0)
        rows = said.get("rows", 0.0)
        took = self._priced(count, count * self._usual_read, said.get("written", 0.0))
        return took._replace(made=made, rows=rows, gave=min(1.0, rows or made))

    @cached_property
    def _usual_read(self) -> float:
        lengths = [self._read(one) for one in [*self.next, *self.known]]
        return sum(lengths) / len(lengths) if lengths else UNSEEN

    @cached_property
    def _bytes_of_a_token(self) -> float:
        counted = [(one.length, one.usage.read) for one in self.known if one.usage and one.usage.read > 0]
        read = sum(tokens for _, tokens in counted)
        return sum(length for length, _ in counted) / read if read else A_TOKEN

    def _read(self, question: PosedQuestion) -> float:
        return question.usage.read if question.usage else question.length / self._bytes_of_a_token

    def _priced(self, count: float, read: float, written: float) -> Took:
        usage = Usage(round(read), round(written))
        dollars = self.teacher.dollars(usage) if isinstance(self.teacher, Priced) else None
        return Took(count, read, written, dollars or 0.0)


def _sum(questions: Sequence[PosedQuestion]) -> Took:
    usages = [question.usage for question in questions if question.usage]
    read, written = sum(usage.read for usage in usages), sum(usage.written for usage in usages)
    return Took(len(questions), read, written, sum(question.dollars for question in questions))
