"""Finds the instances in a reply: an input and its output, or a label and then the input that has it."""

import re
from dataclasses import dataclass, field

from pitchpipe_components.generators.self_instruct.fields import Kind, content, lines_of, unfenced

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
    r"\n\s*\n(?:let me know|feel free|i hope (?:this|these|it)|(?:please )?note that these|would you like"
    r"|if you(?:'d| would) like|these examples)\b[^\n]*\s*\Z",
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
    found, now = list[_Open](), _Open()
    leads: Kind = ""  # the field that comes first in an instance
    for kind, rest in lines_of(text[:-ENDING] + _FAREWELL.sub("", text[-ENDING:])):
        if kind == "example":
            found, now = [*found, now], _Open()
        elif kind == "":
            if now.at:
                now.lines[now.at].append(rest)
        elif kind not in now.lines:
            leads = leads or kind
            now.begin(kind, rest)
        elif kind == leads and len(now.lines) == 2:
            found, now = [*found, now], _Open()
            now.begin(kind, rest)
        else:  # a word at the beginning of a line, and no field of its own
            now.lines[now.at].append(_as_it_was(kind, rest))
    if not leads and (bare := unfenced(text)) != text:
        return instances_in(bare)
    return [one.closed() for one in [*found, now] if one.lines]


def _as_it_was(kind: Kind, rest: str) -> str:
    return f"{kind.capitalize()}: {rest}".rstrip()
