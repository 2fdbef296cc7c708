"""The prompts, each with its constraints: those that come with pitchpipe, or a file like IFEval's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe_components.evaluators.instructions.constraint import Constraint
from pitchpipe_components.evaluators.own_file import read

BUILT_IN = Path(__file__).with_name("prompts.jsonl")
SEVERAL = "several at once"


class _LikeIfeval(msgspec.Struct):
    """A line of the file, as IFEval writes it."""

    prompt: str
    instruction_id_list: list[str]
    kwargs: list[dict[str, Any] | None] | None = None
    key: int | str | None = None


@dataclass(frozen=True)
class Question:
    """A prompt and its constraints."""

    id: str
    prompt: str
    constraints: tuple[Constraint, ...]

    @property
    def kind(self) -> str:
        """The kind of its constraints, where they are of one kind."""
        kinds = {one.kind for one in self.constraints}
        return kinds.pop() if len(kinds) == 1 else SEVERAL


def questions(file: Path) -> list[Question]:
    return read(file, _LikeIfeval, _question)


def _question(said: _LikeIfeval, number: int) -> Question:
    given = said.kwargs or [{}] * len(said.instruction_id_list)
    if not said.instruction_id_list or len(given) != len(said.instruction_id_list):
        raise ValueError("expected as many `kwargs` as there are in `instruction_id_list`, one at least")
    pairs = zip(said.instruction_id_list, given, strict=True)
    constraints = tuple(Constraint.of(name, arguments or {}) for name, arguments in pairs)
    key = number if said.key is None else said.key
    return Question(f"instructions:{key}", said.prompt, constraints)
