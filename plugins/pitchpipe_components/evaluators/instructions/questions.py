"""The prompts, each with its constraints: those that come with pitchpipe, or a file like IFEval's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

import pitchpipe as pp
from pitchpipe_components.evaluators.instructions.constraint import Constraint

BUILT_IN = Path(__file__).with_name("prompts.jsonl")
SEVERAL = "several at once"


class _Line(msgspec.Struct):
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
    def group(self) -> str:
        """The kind of its constraints, where they are of one kind."""
        kinds = {one.kind for one in self.constraints}
        return kinds.pop() if len(kinds) == 1 else SEVERAL


def questions(file: Path, limit: int | None = None) -> list[Question]:
    """The questions of a file. The limit takes them evenly from all of it: a file is sorted by kind."""
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise pp.PitchpipeError(f"cannot read {file}: {error.strerror}") from None
    found = list(_read(file, lines))
    if not found:
        raise pp.PitchpipeError(f"{file} holds no prompts")
    if limit is None or limit >= len(found):
        return found
    return [found[at * len(found) // limit] for at in range(limit)]


def _read(file: Path, lines: list[bytes]) -> Iterator[Question]:
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = msgspec.json.decode(line, type=_Line)
            question = _question(said, number)
        except (msgspec.MsgspecError, ValueError) as error:
            raise pp.PitchpipeError(f"{file}:{number}: {error}") from None
        if question.id in seen:
            raise pp.PitchpipeError(f"{file}:{number}: the key {said.key} comes twice")
        seen.add(question.id)
        yield question


def _question(said: _Line, number: int) -> Question:
    given = said.kwargs or [{}] * len(said.instruction_id_list)
    if not said.instruction_id_list or len(given) != len(said.instruction_id_list):
        raise ValueError("expected as many `kwargs` as there are in `instruction_id_list`, one at least")
    pairs = zip(said.instruction_id_list, given, strict=True)
    constraints = tuple(Constraint.of(name, arguments or {}) for name, arguments in pairs)
    key = number if said.key is None else said.key
    return Question(f"instructions:{key}", said.prompt, constraints)
