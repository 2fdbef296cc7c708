"""Where a conversation that was made came from: its seed, what was made of that, and what was asked."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pitchpipe.errors import PitchpipeError
from pitchpipe_stages.generate.making.line import MadeLine
from pitchpipe_stages.generate.making.place import LEDGER, ROWS, SOURCES
from pitchpipe_stages.generate.requests.reading import ReadRecord, RecordedAsk, reading
from pitchpipe_stages.generate.requests.record import FILE

KEY = 6  # characters of a key that name a question, at least


@dataclass
class WayStep:
    """One step on the way: what was made, what was shown to make it, and the questions that it took."""

    line: MadeLine
    shown: list[MadeLine]
    exchanges: list[RecordedAsk]


class Provenance:
    """What a folder of generated rows knows of them. It is a context: it holds the record open."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.rows = _lines(folder / ROWS)
        self._known = {line.id: line for line in [*_lines(folder / SOURCES), *self.rows]}
        self._stack, self._record = ExitStack(), None if not (folder / FILE).is_file() else folder / FILE
        self._questions: ReadRecord | None = None

    def __enter__(self) -> "Provenance":
        if self._record:
            self._questions = self._stack.enter_context(reading(self._record))
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def find(self, wanted: str) -> MadeLine | None:
        """What was made, by its id or by its line in rows.jsonl: `12` or `rows.jsonl:12`."""
        name, _, number = wanted.rpartition(":")
        if number.isdecimal() and name.endswith(("", ROWS)[bool(name)]) and 0 < int(number) <= len(self.rows):
            return self.rows[int(number) - 1]
        return self._known.get(wanted)

    def exchange(self, named: str) -> RecordedAsk | None:
        """A question, by its key or the beginning of it, or by its number in the record: `asks.sqlite:12`."""
        if self._questions is None:
            return None
        file, _, number = named.rpartition(":")
        if file == FILE and number.isdecimal():
            return self._questions.numbered(int(number))
        is_key = len(named) >= KEY and set(named) <= set("0123456789abcdef")
        return self._questions.exchange(named) if is_key else None

    def source(self, line: MadeLine) -> MadeLine | None:
        """What it was made of. A draft was made of nothing: it was shown others."""
        parents = self._parents(line)
        root = line.group or line.id
        return parents[0] if parents and root in (parents[0].group, parents[0].id) else None

    def steps(self, line: MadeLine) -> list[MadeLine]:
        """What it was made of, the seed first, and itself. Rows that say what a seed says have its id."""
        found = [line]
        while (source := self.source(found[0])) and source.id not in {one.id for one in found}:
            found.insert(0, source)
        return found

    def evolved(self) -> list[MadeLine]:
        return [line for line in self._known.values() if line.made and line.made.round]

    def way(self, line: MadeLine) -> list[WayStep]:
        """The steps to it, the seed first."""
        found: list[WayStep] = []
        passed, asked = set[str](), set[str]()
        for one in self.steps(line):
            keys = [key for key in (one.made.asks if one.made else ()) if key not in asked]
            passed.add(one.id)
            shown = [parent for parent in self._parents(one) if parent.id not in passed]
            exchanges = [exchange for key in keys if (exchange := self.exchange(key))]
            found.append(WayStep(one, shown, exchanges))
            passed |= {parent.id for parent in shown}
            asked |= set(keys)
        return found

    def _parents(self, line: MadeLine) -> list[MadeLine]:
        return [self._known[id] for id in (line.made.parents if line.made else ()) if id in self._known]

    def refused(self, wanted: str) -> Iterator[dict[str, Any]]:
        """Lines of the ledger: by the id of a candidate, the key or number of a question, or their line."""
        path = self.folder / LEDGER
        if path.is_file():
            with open(path, "rb") as lines:
                for number, text in enumerate(lines, 1):
                    entry = msgspec.json.decode(text)
                    names = (entry.get("id"), f"{LEDGER}:{number}", f"{FILE}:{entry['line']}")
                    if wanted in names or (
                        len(wanted) >= KEY and (entry.get("key") or "").startswith(wanted)
                    ):
                        yield entry

    def made_by(self, key: str) -> list[MadeLine]:
        """What came of a question: the rows and sources whose last question it was, or that it led to."""
        return [line for line in self._known.values() if line.made and key in line.made.asks]


def _lines(path: Path) -> list[MadeLine]:
    if not path.is_file():
        return []
    with open(path, "rb") as lines:
        try:
            return [msgspec.json.decode(line, type=MadeLine) for line in lines]
        except msgspec.DecodeError as error:
            raise PitchpipeError(f"{path} is damaged: {error}. `pitchpipe generate` writes it anew") from None
