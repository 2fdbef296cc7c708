"""Puts questions to a judge, two replies in both orders, one reply once; keeps what it says."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pitchpipe as pp
from pitchpipe_components.evaluators.judge.outcomes import Pair
from pitchpipe_components.evaluators.judge.verdicts import Ruling, read_rating, read_side
from pitchpipe_components.evaluators.judge.wording import Wording

Line = dict[str, Any]
Asked = tuple[pp.Prompt, Sequence[str]]  # replies in the order in which the judge sees them
_PROBLEMS = {
    "stop": "no clear verdict at the end of what it said",
    "cut": "it was cut off: raise max_tokens",
    "refused": "it refused",
    "failed": "the request failed",
}


@dataclass
class Court:
    """A judge, and what came of asking it."""

    subject: pp.Subject
    teacher: str
    wording: Wording
    max_tokens: int
    judges: list[str] = field(default_factory=list)  # models that answered, as they call themselves
    unsent: int = 0  # questions for which the budget did not last
    problems: list[str] = field(default_factory=list)  # of verdicts that are none

    @property
    def name(self) -> str:
        return " and ".join(self.judges) or self.teacher

    def judged(
        self, prompts: Sequence[pp.Prompt], pairs: Sequence[Pair], sides: Sequence[str], file: str = "judged"
    ) -> list[Pair]:
        """Pairs with their verdicts, without those that were not sent. Equal replies need no judge."""
        there = [(prompt, pair) for prompt, pair in zip(prompts, pairs, strict=True) if not pair.same]
        orders = [(p, replies) for p, x in there for replies in ((x.one, x.other), (x.other, x.one))]
        heard = self._heard(orders)
        found, lines, both = list[Pair](), list[Line](), zip(heard[0::2], heard[1::2], strict=True)
        for prompt, pair in zip(prompts, pairs, strict=True):
            if pair.same:
                found.append(pair)
                lines.append(_line(prompt, Ruling("tie", "both replies are the same: not asked"), sides))
                continue
            first, second = next(both)
            ways = ((first, sides), (second, sides[::-1]))
            lines += [_line(prompt, said, way) for said, way in ways if said]
            if first and second:
                found.append(replace(pair, verdicts=(first.verdict, second.verdict)))
        self.subject.keep(file, lines)
        self._count(len(pairs) - len(found), any(pair.asked for pair in found))
        return found

    def rated(self, prompts: Sequence[pp.Prompt], replies: Sequence[str]) -> dict[str, float | None]:
        """The rating of each reply that was sent, by the id of its prompt."""
        heard = self._heard([(p, (reply,)) for p, reply in zip(prompts, replies, strict=True)])
        there = [(prompt, said) for prompt, said in zip(prompts, heard, strict=True) if said]
        self.subject.keep("judged", [_line(prompt, said, (self.subject.name,)) for prompt, said in there])
        ratings = {p.id: said.verdict if isinstance(said.verdict, float) else None for p, said in there}
        self._count(len(prompts) - len(there), any(rating is not None for rating in ratings.values()))
        return ratings

    def _heard(self, asked: Sequence[Asked]) -> list[Ruling | None]:
        asks = [self._ask(prompt, replies) for prompt, replies in asked]
        replies = self.subject.ask(self.teacher, asks, "judge") if asks else []
        known = {reply.model: None for reply in replies if reply.model}
        self.judges += [name for name in known if name not in self.judges]
        return [self._said(reply) for reply in replies]

    def _ask(self, prompt: pp.Prompt, replies: Sequence[str]) -> pp.Ask:
        assert prompt.conversation is not None
        before = prompt.conversation.messages[: prompt.conversation.last_reply()]
        return self.wording.ask(before, replies, prompt.expected, self.max_tokens)

    def _said(self, reply: pp.Reply) -> Ruling | None:
        """What a reply says; nothing where the question was not sent."""
        if reply.end == "unsent":
            return None
        wording = self.wording
        said = read_rating(reply, wording.scale) if wording.mode == "single" else read_side(reply)
        if said.verdict is None:
            problem = reply.problem or _PROBLEMS[reply.end]
            self.problems.append(problem)
            said = replace(said, text=reply.text, problem=problem)
        return replace(said, judge=reply.model, key=reply.key)

    def _count(self, unsent: int, any_verdict: bool) -> None:
        self.unsent += unsent
        if self.problems and not any_verdict:
            raise pp.PitchpipeError(f"judge: '{self.teacher}' gave no verdict at all: {self.problems[0]}")


def _line(prompt: pp.Prompt, said: Ruling, sides: Sequence[str]) -> Line:
    """A verdict as it is kept: whom it names, why, and where the record has it."""
    named: dict[str, str] = dict(zip("AB", sides, strict=False)) if len(sides) > 1 else {"reply": sides[0]}
    verdict = named.get(said.verdict, said.verdict) if isinstance(said.verdict, str) else said.verdict
    line = {"id": prompt.id, "prompt": prompt.words, **named, "verdict": verdict, "reason": said.reason}
    missed = {"problem": said.problem, "said": said.text} if said.verdict is None else {}
    return line | missed | {"judge": said.judge, "key": said.key}
