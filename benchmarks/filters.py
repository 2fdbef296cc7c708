"""How well the filters part junk from good rows: python benchmarks/filters.py [--write]

The rows stand in filter_rows.jsonl and were written for this: junk, and good rows that look like junk. A
filter's precision is the share of junk among what it drops, its recall the share of the junk that it drops.
`--write` puts the table into docs/filters.md.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pitchpipe as pp
from pitchpipe_components.filters import ALONE

ROWS = Path(__file__).with_name("filter_rows.jsonl")
PAGE = Path(__file__).parents[1] / "docs" / "filters.md"
PLACE = re.compile(r"(?<=<!-- python benchmarks/filters.py --write -->\n).*?(?=\n\n)", re.DOTALL)


class Judged(NamedTuple):
    """One filter's count of junk and of good rows, and the rows that it judged wrongly."""

    junk: int
    good: int
    missed: list[dict[str, Any]]
    alarms: list[dict[str, Any]]

    @property
    def recall(self) -> float:
        return (self.junk - len(self.missed)) / self.junk

    @property
    def precision(self) -> float:
        caught = self.junk - len(self.missed)
        return caught / (caught + len(self.alarms)) if caught else 0.0


def drops(used: Any, row: dict[str, Any]) -> pp.Drop | None:
    asked = pp.Message("user", row["prompt"], row.get("context", ""))
    talk = pp.Conversation((asked, pp.Message("assistant", row["reply"])))
    verdict = used(talk, **row.get("options", {}))
    return verdict if isinstance(verdict, pp.Drop) else getattr(verdict, "drop", None)


def used_as(row: dict[str, Any]) -> str:
    """A filter's name, with its options where the row was written for these."""
    return " ".join([row["filter"], *(f"{name}: {value}" for name, value in row.get("options", {}).items())])


def judged() -> dict[str, Judged]:
    """What each filter makes of the rows that were written for it."""
    rows = [json.loads(line) for line in ROWS.read_text("utf-8").splitlines()]
    results = {}
    for name in dict.fromkeys(map(used_as, rows)):
        own = [row for row in rows if used_as(row) == name]
        used = next(known for known in ALONE if known.__name__ == own[0]["filter"])
        wrong = [row for row in own if (drops(used, row) is not None) != row["junk"]]
        junk = sum(row["junk"] for row in own)
        missed, alarms = [r for r in wrong if r["junk"]], [r for r in wrong if not r["junk"]]
        results[name] = Judged(junk, len(own) - junk, missed, alarms)
    return results


def table(results: dict[str, Judged]) -> str:
    lines = [
        "| filter | junk | dropped | good rows | dropped | precision | recall |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, found in results.items():
        caught = found.junk - len(found.missed)
        shares = f"{found.precision:.2f} | {found.recall:.2f}"
        lines.append(
            f"| `{name}` | {found.junk} | {caught} | {found.good} | {len(found.alarms)} | {shares} |"
        )
    return "\n".join(lines)


def main() -> None:
    results = judged()
    print(table(results))
    for name, found in results.items():
        for what, rows in (("missed", found.missed), ("false alarm", found.alarms)):
            for row in rows:
                texts = [row.get(part, "")[:60] for part in ("prompt", "context", "reply")]
                print(f"{name}: {what}: {' | '.join(map(repr, filter(None, texts)))}")
    if "--write" in sys.argv:
        PAGE.write_text(PLACE.sub(lambda _: table(results), PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
