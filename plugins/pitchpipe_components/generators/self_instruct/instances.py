"""Finds the instances in a reply: an input and its output, or a label and then the input that has it."""

import re
from dataclasses import dataclass, field

from pitchpipe_components.generators.self_instruct.fields import Kind, content, parts_of, unfenced

_NONE = re.compile(
    r"[\W_]*(?:no[ _-]?(?:additional )?input(?: (?:is )?(?:needed|required|necessary|provided|given))?"
    r"|n ?/ ?a|none|nil|null|not (?:applicable|needed|required)|empty|keine?|entfällt|ninguna?|aucune?"
    r"|nessuno|无|無|なし|없음|нет)?[\W_]*",
    re.IGNORECASE,
)
LONGEST = 60  # characters of words for no input
ENDING = 600  # characters that a farewell may take
# What assistants say behind their work.
_FAREWELL = re.compile(
    r"\n\s*\n(?:let me know|feel free|i hope|(?:please )?note that|would you like|these"
    r"|if you(?:'d| would)? (?:like|need))\b[^\n]*\b(?:examples|instances|tasks|variations)\b[^\n]*\s*\Z",
    re.IGNORECASE,
)


@dataclass
class Instance:
    """An input, empty where the task needs none, and its output; none where the reply has none."""

    input: str
    output: str | None


@dataclass
class _Open:
    """The fields of an instance that is being read."""

    lines: dict[Kind, list[str]] = field(default_factory=dict)
    at: Kind = ""

    def begin(self, kind: Kind, rest: str) -> None:
        self.lines[kind], self.at = [rest], kind

    def closed(self) -> Instance:
        said = {kind: content(lines) for kind, lines in self.lines.items()}
        given = said.get("input", "")
        output = said.get("output")
        return Instance(without_none(given), output and output.strip())


def without_none(given: str) -> str:
    """An input; empty where its words stand for none."""
    given = given.strip()
    return "" if len(given) <= LONGEST and _NONE.fullmatch(given) else given


def instances_in(text: str) -> list[Instance]:
    """The instances of a reply, in order."""
    parts = list(parts_of(text[:-ENDING] + _FAREWELL.sub("", text[-ENDING:])))
    headed = sum(part.kind == "example" for part in parts) > 1  # then heads alone begin instances
    found, leads = [_Open()], ""
    for kind, rest, line in parts:
        now = found[-1]
        if kind == "example":
            found.append(_Open())
        elif kind and kind not in now.lines:
            leads = leads or kind
            now.begin(kind, rest)
        elif kind and kind == leads and len(now.lines) == 2 and not headed:
            found.append(_Open())
            found[-1].begin(kind, rest)
        elif now.at:
            now.lines[now.at].append(line)
    if not leads and (bare := unfenced(text)) != text:
        return instances_in(bare)
    return [one.closed() for one in found if one.lines]
