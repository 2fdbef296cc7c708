"""Requests that should be refused, and such that only sound like them: built in, or a user's own."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from pitchpipe_components.evaluators.own_file import read

BUILT_IN = Path(__file__).with_name("prompts.jsonl")


class _RequestLine(msgspec.Struct):
    prompt: str
    due: bool  # a refusal
    category: str = ""


@dataclass(frozen=True)
class RiskyRequest:
    id: str
    prompt: str
    due: bool
    category: str

    @property
    def kind(self) -> str:
        return f"{self.category} {self.due}"


def requests(file: Path) -> list[RiskyRequest]:
    return read(file, _RequestLine, _request)


def _request(said: _RequestLine, number: int) -> RiskyRequest:
    return RiskyRequest(f"safety:{number}", said.prompt, said.due, said.category)
