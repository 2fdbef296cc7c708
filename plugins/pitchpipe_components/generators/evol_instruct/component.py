"""The generator `evol_instruct`."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random
from typing import Annotated, Any

import pitchpipe as pp
from pitchpipe_components.generators.asked import Posed, asked_in, reply_to
from pitchpipe_components.generators.evol_instruct.elimination import Elimination
from pitchpipe_components.generators.evol_instruct.operators import FORMS
from pitchpipe_components.generators.evol_instruct.presets import Choose, Like, Rule, ways
from pitchpipe_components.text.rewritten import unwrapped
from pitchpipe_components.text.tokens import tokens

Tokens = Annotated[int, pp.Meta(ge=1)]
Rounds = Annotated[int, pp.Meta(ge=1)]
Share = Annotated[float, pp.Meta(ge=0, le=1)]
Warmth = Annotated[float, pp.Meta(ge=0)]
Nucleus = Annotated[float, pp.Meta(gt=0, le=1)]
_DEPTH = "ways of making it harder; left out: constraints, deepen, concretize, reasoning, complicate_input"
_DEPTH += " (document: all but the last); [] for none"
_BREADTH = "ways of making a new one of its domain; left out: mutation, topic, method (paper: mutation;"
_BREADTH += " document: none); [] for none"
_RULES = "rules that drop a result; left out: all (paper: all but grown; document: none)"
_ASK = (
    "no_gain: ROUGE-L with the old one above which the teacher is asked whether they are equal; left out: 0.6"
)
_ASK += " (paper: 0)"
_PROMPTS = (
    "prompts of your own with the field {instruction}: for these ways, or for new ones that are named above"
)

Text = dict[str, str]
Names = tuple[str, ...]


class EvolInstruct:
    """Evolve instructions over several rounds: harder ones in depth, new ones of the domain in breadth.

    Each round evolves what the round before gave. One that is eliminated is explained in the ledger, and its
    parent is evolved again in the next round. What is evolved is the first message of the user, with its
    context; a system message is kept. The results have no reply: the generator `answers` makes it.

    `like: document` is the pipeline of the course: its four prompts in turn, 200 tokens, three rounds,
    nothing eliminated. `like: paper` has the values of Xu et al. 2023 (arXiv 2304.12244): four rounds, six
    operators by chance, temperature 1, top_p 0.9, and a teacher who is always asked whether anything was
    gained. Any option beside it overrides it.
    """

    without_replies = True

    def __init__(
        self,
        *,
        like: Annotated[Like | None, pp.Meta(description="values and prompts by a name")] = None,
        rounds: Annotated[
            Rounds | None, pp.Meta(description="times that each is evolved; left out: 3 (paper: 4)")
        ] = None,
        in_depth: Annotated[Names | None, pp.Meta(description=_DEPTH)] = None,
        in_breadth: Annotated[Names | None, pp.Meta(description=_BREADTH)] = None,
        choose: Annotated[
            Choose | None,
            pp.Meta(description="by chance, or in turn as listed; left out: uniform (document: cycle)"),
        ] = None,
        breadth: Annotated[
            Share | None,
            pp.Meta(description="share of rounds in breadth; left out: all ways are equally likely"),
        ] = None,
        eliminate: Annotated[tuple[Rule, ...] | None, pp.Meta(description=_RULES)] = None,
        ask_above: Annotated[Share | None, pp.Meta(description=_ASK)] = None,
        max_growth: Annotated[int, pp.Meta(ge=1, description="grown: the most new words of a round")] = 300,
        prompts: Annotated[Text | None, pp.Meta(description=_PROMPTS)] = None,
        temperature: Annotated[Warmth | None, pp.Meta(description="left out: 0.7 (paper: 1)")] = None,
        top_p: Annotated[Nucleus | None, pp.Meta(description="left out: 1 (paper: 0.9)")] = None,
        max_tokens: Annotated[
            Tokens | None,
            pp.Meta(description="of a reply, at most; left out: 1024 (paper: 2048; document: 200)"),
        ] = None,
    ):
        base = ways(like)
        given: dict[str, Any] = {
            "rounds": rounds, "in_depth": in_depth, "in_breadth": in_breadth, "choose": choose,
            "eliminate": eliminate, "ask_above": ask_above, "temperature": temperature, "top_p": top_p,
            "max_tokens": max_tokens,
        }  # fmt: skip
        set_here = {name: value for name, value in given.items() if value is not None}
        self.ways = replace(base, prompts=base.prompts | (prompts or {}), **set_here)
        self.breadth, self.max_growth = breadth, max_growth
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
            if "{instruction}" not in prompt:
                raise ValueError(f"the prompt of '{name}' has no field {{instruction}}")
        if self.breadth is not None and not (self.ways.in_depth and self.ways.in_breadth):
            raise ValueError("breadth is a share, but one of in_depth and in_breadth is empty")
        if self.breadth is not None and self.ways.choose == "cycle":
            raise ValueError("breadth is a share of chance, but the ways are chosen in turn: choose: uniform")

    def expects(self) -> dict[str, dict[str, float]]:
        """What it takes before anything is measured."""
        rounds, compared = self.ways.rounds, 0.5 if "no_gain" in self.ways.eliminate else 0.0
        questions, written = rounds * (1 + compared), rounds * (60 + 5 * compared)
        return {"source": {"questions": questions, "written": written, "made": rounds * 0.8}}

    async def __call__(self, source: pp.Conversation, ask: pp.Asking) -> AsyncIterator[pp.Made]:
        asked = asked_in(source)
        if asked is None:
            return
        text, parent, prompts = asked.text, source.id, Counter[str]()
        elimination = Elimination(self.ways.eliminate, self.ways.ask_above, self.max_growth, text)
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
