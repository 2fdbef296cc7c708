"""Docs are run: files that they show are written, commands are called, output is compared."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(
    r"(?:<!-- (file|checked by):? (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.S
)


@dataclass
class Section:
    """What stands under one heading: files, and commands with what they print."""

    title: str
    files: dict[str, str] = field(default_factory=dict)
    commands: list[tuple[list[str], str]] = field(default_factory=list)


def sections(page: str) -> list[Section]:
    found = []
    for part in re.split(r"^(?=## )", (ROOT / page).read_text("utf-8"), flags=re.M):
        section = Section(part.splitlines()[0].removeprefix("## "))
        for block in BLOCK.finditer(part):
            if block[1] == "file":
                section.files[block["file"]] = block["text"]
            elif block["kind"] == "console":
                for command in re.split(r"^\$ ", block["text"], flags=re.M)[1:]:
                    line, _, output = command.partition("\n")
                    section.commands.append((shlex.split(line), output))
        found.append(section)
    return [section for section in found if section.commands]


def shown(page: str, checker: str) -> str:
    """The block that a page says is checked elsewhere."""
    return next(b["text"] for b in BLOCK.finditer((ROOT / page).read_text("utf-8")) if b["file"] == checker)


def assert_shows(expected: str, actual: str) -> None:
    """Lines as they are shown; `...` stands for anything, a line of it for any lines. White space is free."""
    pattern = ""
    for line in filter(str.strip, expected.splitlines()):
        words = ".*".join(re.escape(" ".join(part.split())) for part in line.split("..."))
        pattern += r"(?:.*\n)*?" if words == ".*" else words + r"\n"
    flat = "".join(" ".join(line.split()) + "\n" for line in actual.splitlines() if line.strip())
    assert re.search(pattern, flat), f"not shown:\n{expected}\n--- but\n{actual}"
