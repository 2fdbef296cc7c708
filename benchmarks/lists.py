"""Reading JSON lists: megabytes a second, beside parsers of the whole file.   python benchmarks/lists.py

The same made-up chats are written in five ways. The reader cuts the file into parts, knows the place of each
row and mends it; the parsers do none of it, hold the whole file, and msgspec refuses two of the five.
"""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import conversations
import msgspec

from pitchpipe_components.loaders import Files

ROUNDS = 3  # the best one counts
ROWS = 20_000


def written(rows: list[dict[str, object]]) -> dict[str, str]:
    """The same rows, in each way."""
    texts = [json.dumps(row) for row in rows]
    odd = [row | {"score": float("nan")} if number % 50 == 0 else row for number, row in enumerate(rows)]
    halved = [
        text.replace('"value": "', '"value": "\\ud83d', 1) if number % 50 == 0 else text
        for number, text in enumerate(texts)
    ]
    return {
        "on one line": json.dumps(rows),
        "indented": json.dumps(rows, indent=2, ensure_ascii=False),
        "a row a line": "[\n" + ",\n".join(texts) + "\n]",
        "a NaN in each 50th row": json.dumps(odd),
        "half a character in each 50th row": "[" + ", ".join(halved) + "]",
    }


def speed(read: Callable[[], object], size: int) -> str:
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        try:
            read()
        except msgspec.DecodeError:
            return "refused"
        best = min(best, time.process_time() - began)
    return f"{size / best / 1e6:.0f}"


def all_rows(path: Path) -> None:
    for _ in Files(path)():
        pass


def main() -> None:
    print(f"{'':34}{'pitchpipe':>10}{'json':>10}{'msgspec':>10}   MB/s in one process")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.json"
        conversations.write(path, ROWS)
        rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
        for name, content in written(rows).items():
            size = path.write_bytes(content.encode())
            readers: tuple[Callable[[], object], ...] = (
                lambda: all_rows(path),
                lambda: json.loads(path.read_bytes()),
                lambda: msgspec.json.decode(path.read_bytes()),
            )
            print(f"{name:34}" + "".join(f"{speed(read, size):>10}" for read in readers))


if __name__ == "__main__":
    main()
