"""Files of questions that an evaluator brings, one JSON object a line."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

import pitchpipe as pp


class Brought(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def prompt(self) -> str: ...
    @property
    def kind(self) -> str: ...  # a limit takes some of each


Line = TypeVar("Line")
Asked = TypeVar("Asked", bound=Brought)


def read(file: Path, kind: type[Line], made: Callable[[Line, int], Asked]) -> list[Asked]:
    """The questions of a file, `made` of its lines and their numbers. Mistakes are shown with their line."""
    try:
        lines = file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise pp.PitchpipeError(f"cannot read {file}: {error.strerror}") from None
    found = list(_made(file, lines, kind, made))
    if not found:
        raise pp.PitchpipeError(f"{file} holds no prompts")
    return found


def _made(
    file: Path, lines: list[bytes], kind: type[Line], made: Callable[[Line, int], Asked]
) -> Iterator[Asked]:
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = made(msgspec.json.decode(line, type=kind), number)
        except (msgspec.MsgspecError, ValueError) as error:
            raise pp.PitchpipeError(f"{file}:{number}: {error}") from None
        if question.id in seen:
            raise pp.PitchpipeError(f"{file}:{number}: the same key as line {seen[question.id]}")
        seen[question.id] = number
        yield question


def some(every: list[Asked], limit: int | None) -> list[Asked]:
    """So many of them, by turns from each kind, and evenly from all kinds: files are sorted by kind."""
    left = len(every) if limit is None else limit
    chosen: set[str] = set()
    for turn in _turns(every):
        few = min(left, len(turn))
        chosen.update(turn[at * len(turn) // few].id for at in range(few))
        left -= few
    return [one for one in every if one.id in chosen]


def _turns(every: list[Asked]) -> list[list[Asked]]:
    """The first question of each kind, the second of each, and so on."""
    turns: list[list[Asked]] = []
    seen: Counter[str] = Counter()
    for one in every:
        if seen[one.kind] == len(turns):
            turns.append([])
        turns[seen[one.kind]].append(one)
        seen[one.kind] += 1
    return turns


def prompt_of(subject: pp.Subject, question: Brought) -> pp.Prompt:
    """A question as a server would ask it."""
    asked = pp.Conversation((pp.Message("user", question.prompt),), id=question.id)
    prompt = subject.prompt(asked)
    assert prompt  # one that awaits a reply can always be asked
    return prompt
