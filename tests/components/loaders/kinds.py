"""The same rows as files of every kind and packing, and how they are read back."""

import bz2
import csv
import gzip
import io
import json
import lzma
import pickle
from pathlib import Path

import zstandard

import pitchpipe as pp
from pitchpipe_components.loaders import Files

ROWS = [
    {"instruction": 'Say "hello", then\nleave: ]}[{', "output": "Grüß Gott \\ 你好 \x00"},
    {"instruction": "Count; with | and\ttabs.", "output": "1,2"},
    {"instruction": "x" * 200, "output": "€"},
]
PACK = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
    ".bz2": bz2.compress,
    ".xz": lambda content: lzma.compress(content, preset=0),
}


def as_lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_table(rows, delimiter):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


TEXTS = {
    "jsonl": as_lines,
    "json": json.dumps,
    "pretty.json": lambda rows: json.dumps(rows, indent=2),
    "one_a_line.json": lambda rows: "[" + ",\n".join(map(json.dumps, rows)) + "\n]\n",
    "data.json": lambda rows: json.dumps({"version": [1, {"a": "]"}], "data": rows, "more": {"rows": [{}]}}),
    "other.json": lambda rows: json.dumps({"version": "1.0", "examples": rows, "n": [1, 2]}, indent=4),
    "columns.json": lambda rows: json.dumps({key: [row[key] for row in rows] for key in rows[0]}, indent=1),
    "concatenated.json": lambda rows: "\n".join(json.dumps(row, indent=2) for row in rows),
    "csv": lambda rows: as_table(rows, ","),
    "semicolon.csv": lambda rows: as_table(rows, ";"),
    "bar.csv": lambda rows: as_table(rows, "|"),
    "tab.csv": lambda rows: as_table(rows, "\t"),
    "tsv": lambda rows: as_table(rows, "\t"),
}


def put(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, **options) -> list[pp.Row]:
    """All rows of a path. On the way: parts travel, and hold the very rows that the loader itself yields."""
    loader = Files(path, **options)
    rows = list(loader())
    travelled = [pickle.loads(pickle.dumps(part)) for part in loader.parts()]
    assert [row for part in travelled for row in part.rows()] == rows
    return rows


def data(rows: list[pp.Row]) -> list:
    assert not [row.error for row in rows if row.error]
    return [row.data for row in rows]
