"""The facts of a run as a page of Markdown, with the header that model hubs read."""

import json
from collections.abc import Iterable
from typing import Any

from pitchpipe_card.facts import Facts

HEADER = {"language": "language", "license": "license", "base_model": "base model", "tags": "tags"}


def page(facts: Facts) -> str:
    """The card."""
    parts = [
        *_header(facts),
        f"# {_line(facts['title'])}",
        *_origin(facts),
        "## Data",
        _counts("source", facts["rows"]),
        _counts("split", facts["splits"]),
        "## Training",
        _pairs(facts["training"]) if facts["training"] else "This run has no trainer.",
        "## Versions",
        _pairs(facts["versions"]),
        "## Recipe",
        f"```json\n{json.dumps(facts['recipe'], indent=2, ensure_ascii=False)}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _header(facts: Facts) -> Iterable[str]:
    """YAML between two rules. A value as JSON is YAML too, whatever characters it holds."""
    known = {name: facts[fact] for name, fact in HEADER.items() if facts[fact]}
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in known.items()]
    if lines:
        yield "\n".join(["---", *lines, "---"])


def _origin(facts: Facts) -> Iterable[str]:
    if facts["base model"]:
        yield f"Base model `{facts['base model']}`, template `{facts['template']}`."


def _counts(first: str, rows: dict[str, dict[str, int]]) -> str:
    """A table of numbers: a row for each name, a column for each count."""
    head = [first, *next(iter(rows.values()))]
    return _table(head, [[name, *(f"{n:,}" for n in counts.values())] for name, counts in rows.items()])


def _pairs(facts: Facts) -> str:
    return _table(["", ""], [[name.replace("_", " "), value] for name, value in facts.items()])


def _table(head: list[str], rows: list[list[Any]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(value: object) -> str:
    return _line(value).replace("|", r"\|")


def _line(text: object) -> str:
    """Text on one line."""
    return " ".join(str(text).split())
