"""JSON lines from local files."""

import glob
import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from pitchpipe import Row


@dataclass(frozen=True)
class Files:
    """Rows from JSONL files, one JSON object a line. A line that is not JSON is quarantined."""

    path: Annotated[Path, Meta(description="a file or a glob, seen from the recipe's folder")]

    def __post_init__(self) -> None:
        paths = self.inputs()
        if not paths:
            near = get_close_matches(self.path.name, [file.name for file in self.path.parent.glob("*")], n=1)
            raise ValueError(f"no file {self.path}." + (f" Did you mean '{near[0]}'?" if near else ""))
        for path in paths:
            with open(path, "rb") as file:
                if file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
                    raise ValueError(
                        f"{path} is one JSON array; this loader reads JSON lines, one object a line"
                    )

    def inputs(self) -> list[Path]:
        """The files, in the order in which they are read."""
        return sorted(
            Path(path) for path in glob.glob(str(self.path), recursive=True) if Path(path).is_file()
        )

    def __call__(self) -> Iterator[Row]:
        for path in self.inputs():
            with open(path, "rb") as file:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield _row(line, str(path), number)


def _row(line: bytes, file: str, number: int) -> Row:
    line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
    try:
        return Row(msgspec.json.decode(line), file, number)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _slowly(line, file, number)


def _slowly(line: bytes, file: str, number: int) -> Row:
    """msgspec is strict and fast; Python's own reader also takes NaN and lone surrogates."""
    try:
        data: Any = json.loads(line)
        json.dumps(data, ensure_ascii=False).encode()
        return Row(data, file, number)
    except (ValueError, RecursionError) as error:
        return Row(
            line.decode("utf-8", "backslashreplace").rstrip("\r\n"), file, number, f"not JSON: {error}"
        )
