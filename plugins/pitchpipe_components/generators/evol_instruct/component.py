"""The generator `evol_instruct`."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.generators.asked import Posed, asked_in, must_take, reply_to
from pitchpipe_components.generators.evol_instruct.elimination import Elimination
from pitchpipe_components.generators.evol_instruct.operators import FORMS
from pitchpipe_components.generators.evol_instruct.presets import (
    Choose,
    Like,
    Rule,
    chosen,
    of_each,
)
from pitchpipe_components.text.rewritten import unwrapped
from pitchpipe_components.text.tokens import tokens

Count = Annotated[int, pp.Meta(ge=1)]
Part = Annotated[float, pp.Meta(ge=0, le=1)]
Heat = Annotated[float, pp.Meta(ge=0, le=2)]
Nucleus = Annotated[float, pp.Meta(gt=0, le=1)]
Names = tuple[str, ...]
_ASK = "no_gain: ROUGE-L with the old one from which the teacher is asked whether both are equal"
_PROMPTS = "prompts of your own with the field {instruction}, for these ways or for new ones that you list"


def _of(name: str, what: str) -> pp.Meta:
    """What an option is for, and its value under each name."""
    return pp.Meta(description=f"{what} ({of_each(name)})")


@dataclass(kw_only=True)
class EvolInstruct:
    """Evolve instructions over several rounds: harder ones in depth, new ones of the domain in breadth.

    Each round evolves what the round before gave. One that is eliminated is explained in the ledger, and its
    parent is evolved again in the next round. What is evolved is the first message of the user, with its
    context; a system message is kept. The results have no reply: the generator `answers` makes it.

    `like` names a whole set of values, and any option beside it replaces one of them:
    - chat: ours, for models that chat, in any language
    - paper: those of Xu et al. 2023 (arXiv 2304.12244): six ways by chance, and a teacher who is always asked
      whether anything was gained
    - document: the four prompts of a guide in turn, word for word; all that is whole is kept
    """

    without_replies = True

    like: Annotated[Like, pp.Meta(description="whose values those are that are left out")] = "chat"
    rounds: Annotated[Count | None, _of("rounds", "times that each is evolved")] = None
    in_depth: Annotated[Names | None, _of("in_depth", "ways of making it harder; [] for none")] = None
    in_breadth: Annotated[
        Names | None, _of("in_breadth", "ways of making a new one of its domain; [] for none")
    ] = None
    choose: Annotated[Choose | None, _of("choose", "by chance, or in turn as they are listed")] = None
    breadth: Annotated[
        Part | None, pp.Meta(description="share of rounds in breadth; left out: all ways are equally likely")
    ] = None
    eliminate: Annotated[tuple[Rule, ...] | None, _of("eliminate", "rules that drop a result")] = None
    ask_from: Annotated[Part | None, _of("ask_from", _ASK)] = None
    max_growth: Annotated[int, pp.Meta(ge=1, description="grown: the most new words of a round")] = 300
    prompts: Annotated[dict[str, str] | None, pp.Meta(description=_PROMPTS)] = None
    temperature: Annotated[Heat | None, _of("temperature", "of what is rewritten")] = None
    top_p: Annotated[Nucleus | None, _of("top_p", "of what is rewritten")] = None
    max_tokens: Annotated[Count | None, _of("max_tokens", "tokens of a reply, at most")] = None

    def __post_init__(self) -> None:
        self.ways = chosen(self.like, vars(self))
        self._check()

    def _check(self) -> None:
        """Refuses ways without a prompt, and prompts without the instruction."""
        named = [*self.ways.in_depth, *self.ways.in_breadth]
        if not named:
            raise ValueError("in_depth and in_breadth are both empty: nothing is left to do")
        for name in named:
            if name not in self.ways.prompts:
                raise ValueError(f"there is no way '{name}'.{pp.suggest(name, self.ways.prompts)}")
        for name, prompt in self.ways.prompts.items():
            must_take(prompt, "instruction", f"the prompt of '{name}'", ["form"])
        if self.breadth is not None and not (self.ways.in_depth and self.ways.in_breadth):
            raise ValueError("breadth is a share, but one of in_depth and in_breadth is empty")
        if self.breadth is not None and self.ways.choose == "cycle":
            raise ValueError("breadth is a share of chance, but the ways are chosen in turn: choose: uniform")

    def expects(self) -> dict[str, dict[str, float]]:
        """What it takes before anything is measured."""
        rounds, compared = self.ways.rounds, 0.47 if "no_gain" in self.ways.eliminate else 0.0
        questions, written = rounds * (1 + compared), rounds * (60 + 5 * compared)
        return {"source": {"questions": questions, "written": written, "made": rounds * 0.8}}

    async def __call__(self, source: pp.Conversation, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        asked = asked_in(source)
        if asked is None:
            yield pp.made(messages=source.messages, drop=pp.drop("nothing is asked"))
            return
        text, parent, prompts = asked.text, source.id, Counter[str]()
        elimination = Elimination(self.ways.eliminate, self.ways.ask_from, self.max_growth, text)
        for round in range(1, self.ways.rounds + 1):
            operator = ask.operator = self._operator(ask.random, round)
            prompt = self._prompt(operator, text, ask.random)
            prompts[prompt] += 1  # after an elimination the same may be asked again
            new = await self._evolved(prompt, prompts[prompt] - 1, ask)
            if new is None:
                continue
            dropped = await elimination.why(text, new, ask)
            child = _child(asked, text, new, operator, round, parent, dropped)
            yield child
            if dropped is None:
                text, parent = new, child.id

    def _operator(self, random: Random, round: int) -> str:
        names = (*self.ways.in_depth, *self.ways.in_breadth)
        if self.ways.choose == "cycle":
            return names[(round - 1) % len(names)]
        if self.breadth is not None:
            wide = random.random() < self.breadth
            names = self.ways.in_breadth if wide else self.ways.in_depth
        return random.choice(names)

    def _prompt(self, operator: str, instruction: str, random: Random) -> str:
        prompt = self.ways.prompts[operator]
        form = {"form": random.choice(FORMS)} if "{form}" in prompt else {}
        return pp.fill(prompt, instruction=instruction, **form)

    async def _evolved(self, prompt: str, nth: int, ask: pp.Asking) -> str | None:
        """The new instruction; none where the reply was not whole, and the parent takes its place."""
        ways = self.ways
        how: dict[str, Any] = {"temperature": ways.temperature, "top_p": ways.top_p}
        how |= {"max_tokens": ways.max_tokens, "nth": nth}
        goes_on = "cut" in ways.eliminate
        reply = await (reply_to(ask, prompt, **how) if goes_on else ask(prompt, **how))
        return unwrapped(reply.text) if reply else None


def _child(
    asked: Posed, old: str, new: str, operator: str, round: int, parent: str, dropped: pp.Drop | None
) -> pp.Made:
    grown = len(tokens(new)) - len(tokens(old))
    messages = (*asked.systems, pp.Message("user", new))
    return pp.made(
        messages=messages, category=asked.category, operator=operator, round=round, parents=[parent],
        drop=dropped, growth=grown,
    )  # fmt: skip
