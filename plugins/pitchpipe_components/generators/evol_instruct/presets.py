"""The values of Evol-Instruct that have names: ours for chat models, the paper's, those of a guide."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from pitchpipe_components.generators.evol_instruct.operators import IN_BREADTH, IN_DEPTH, built_in

Rule = Literal["no_gain", "sorry", "empty", "leak", "grown", "cut"]
Choose = Literal["uniform", "cycle"]
Like = Literal["chat", "paper", "document"]


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


@dataclass(frozen=True)
class Ways:
    """All that a name stands for. Those of `chat` are the defaults."""

    rounds: int = 3
    in_depth: tuple[str, ...] = tuple(IN_DEPTH)
    in_breadth: tuple[str, ...] = tuple(IN_BREADTH)
    choose: Choose = "uniform"
    eliminate: tuple[Rule, ...] = ("no_gain", "sorry", "empty", "leak", "grown", "cut")
    ask_from: float = 0.6
    temperature: float = 0.7
    top_p: float = 1.0
    max_tokens: int = 1024
    prompts: dict[str, str] = field(default_factory=built_in)


PRESETS: dict[Like, Ways] = {
    "chat": Ways(),
    "paper": Ways(  # Xu et al. 2023, arXiv 2304.12244, sections 3 and 4
        rounds=4, in_breadth=("mutation",), eliminate=("no_gain", "sorry", "empty", "leak", "cut"),
        ask_from=0.0, temperature=1.0, top_p=0.9, max_tokens=2048,
    ),
    "document": Ways(
        in_depth=tuple(IN_DEPTH)[:4], in_breadth=(), choose="cycle",
        eliminate=("cut",), max_tokens=200, prompts=built_in() | DOCUMENT,
    ),
}  # fmt: skip


def of_each(name: str) -> str:
    """The value of `chat`, and those of names that have another: "3; paper: 4"."""
    shown = {like: _shown(getattr(ways, name)) for like, ways in PRESETS.items()}
    others = [f"{like}: {value}" for like, value in shown.items() if value != shown["chat"]]
    return "; ".join([shown["chat"], *others])


def chosen(like: Like, given: dict[str, Any]) -> Ways:
    """The values of a name, and what a recipe says beside it. Prompts are replaced one by one."""
    base = PRESETS[like]
    own = {one.name: given[one.name] for one in fields(Ways) if given.get(one.name) is not None}
    return Ways(**(vars(base) | own | {"prompts": base.prompts | (given.get("prompts") or {})}))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
