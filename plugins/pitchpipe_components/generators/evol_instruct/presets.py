"""Named ways of evolving: pitchpipe's own, those of the paper, those of the course that many begin from."""

from dataclasses import dataclass
from typing import Literal

from pitchpipe_components.generators.evol_instruct.operators import IN_BREADTH, IN_DEPTH, built_in

Rule = Literal["no_gain", "sorry", "empty", "leak", "grown", "cut"]
Choose = Literal["uniform", "cycle"]
Like = Literal["paper", "document"]


@dataclass(frozen=True)
class Ways:
    """What a preset decides."""

    prompts: dict[str, str]
    rounds: int = 3
    in_depth: tuple[str, ...] = tuple(IN_DEPTH)
    in_breadth: tuple[str, ...] = tuple(IN_BREADTH)
    choose: Choose = "uniform"
    eliminate: tuple[Rule, ...] = ("no_gain", "sorry", "empty", "leak", "grown", "cut")
    ask_above: float = 0.6
    temperature: float = 0.7
    top_p: float = 1.0
    max_tokens: int = 1024


# The prompts of the document, word for word.
DOCUMENT = {
    "constraints": """I want you to make the instruction more complex.
You should add one or more constraints/requirements to the instruction.

Original instruction: {instruction}

Evolved instruction with added constraints:""",
    "deepen": """I want you to make the instruction more complex.
If the original instruction can be solved in a few steps, please rewrite it
to require more steps to solve.

Original instruction: {instruction}

More complex instruction requiring deeper reasoning:""",
    "concretize": """I want you to make the instruction more concrete and specific.
Replace general concepts with specific examples.

Original instruction: {instruction}

More specific instruction:""",
    "reasoning": """I want you to make the instruction require multi-step reasoning.
The answer should require combining multiple pieces of information.

Original instruction: {instruction}

Instruction requiring multi-step reasoning:""",
}


def ways(like: Like | None) -> Ways:
    if like == "document":
        in_turn = ("constraints", "deepen", "reasoning", "concretize")
        return Ways(
            built_in() | DOCUMENT,
            in_depth=in_turn,
            in_breadth=(),
            choose="cycle",
            eliminate=(),
            max_tokens=200,
        )
    if like == "paper":  # Xu et al. 2023, arXiv 2304.12244, section 3 and 4
        rules: tuple[Rule, ...] = ("no_gain", "sorry", "empty", "leak", "cut")
        return Ways(
            built_in(), rounds=4, in_breadth=("mutation",), eliminate=rules, ask_above=0.0,
            temperature=1.0, top_p=0.9, max_tokens=2048,
        )  # fmt: skip
    return Ways(built_in())
