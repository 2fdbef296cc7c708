"""Messy files, prepared in the process of the tests, and what holds of any outcome."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from pitchpipe import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.run.run import run
from pitchpipe_stages.console import RichConsole
from pitchpipe_tools.recipe_file.load import load
from tests.documents import ROOT

NASTY = ROOT / "tests" / "messy" / "files"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
COUNTS = ("read", "kept", "dropped", "quarantined")


@cache
def host() -> Host:
    return Host.from_environment()


@contextmanager
def unless_empty() -> Iterator[None]:
    """A run that keeps nothing is an error; what became of its rows is recorded all the same."""
    try:
        yield
    except PitchpipeError as error:
        if not str(error).startswith(("nothing is kept", "no row was read")):
            raise


class Prepared:
    """A recipe of these sources, prepared in this process, and what it left on disk."""

    def __init__(self, folder: Path, sources: dict[str, str], more: str = "", processes: int = 1):
        loaders = "".join(
            f"  - files: {{path: '{name}', name: nasty-{number}{', ' * bool(options)}{options}}}\n"
            for number, (name, options) in enumerate(sources.items(), 1)
        )
        recipe = folder / "recipe.yaml"
        recipe.write_text(f"loaders:\n{loaders}{more or 'filters: [exact_duplicates]'}\n")
        self.folder = folder / f"run-{processes}"
        with unless_empty():
            run(load(recipe, host()), self.folder, RichConsole(quiet=True), "prepare", processes)
        record = json.loads((self.folder / "run.json").read_bytes())
        self.counts = record["stages"]["prepare"]["result"]["rows"]
        self.ledger = lines_of(self.folder / "ledger.jsonl")
        self.kept = lines_of(self.folder / "prepared" / "train.jsonl")

    def said(self) -> list[str]:
        return [f"{line['line']} {line['fate']}: {line['reason']}" for line in self.ledger]

    def talks(self) -> list[list[str]]:
        return [[message["content"] for message in row["messages"]] for row in self.kept]


def lines_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().decode().split("\n")[:-1]]


def assert_sound(done: Prepared) -> None:
    """What holds of any data: all rows add up, each decision has its place, and what is kept is clean."""
    for count in done.counts.values():
        after = count["kept"] + count["dropped"] + count["quarantined"] + count["joined"]
        assert count["read"] + count["more"] == after
    assert sum(count["kept"] for count in done.counts.values()) == len(done.kept)
    for line in done.ledger:
        assert line["file"] and line["line"] >= 1 and line["reason"], line
    for row in done.kept:
        json.dumps(row, ensure_ascii=False).encode()  # fails where half a character is left
        assert_clean(row)


def assert_clean(row: dict[str, Any]) -> None:
    """Every turn has a known role and something to say; the talk goes from a prompt to a reply."""
    assert row["source"]["line"] >= 1 and row["source"]["file"] and row["id"]
    plain = row.get("meta", {}).get("plain") is True
    roles = [message["role"] for message in row["messages"]]
    assert roles[-1] == "assistant" and (plain or "user" in roles[:2]), row
    for message in [*row["messages"], *filter(None, [row.get("rejected")])]:
        assert message["role"] in ("system", "user", "assistant", "tool"), row
        texts = [message.get(name, "") for name in ("content", "context", "reasoning", "name")]
        assert not any(CONTROL.search(text) for text in texts), row
        assert message["content"].strip() or message.get("context") or may_be_empty(message), row


def may_be_empty(message: dict[str, Any]) -> bool:
    return bool(message["role"] == "tool" or message.get("tool_calls"))


def is_as_expected(said: str, expected: str) -> bool:
    return said.startswith(expected[:-3]) if expected.endswith("...") else said == expected
