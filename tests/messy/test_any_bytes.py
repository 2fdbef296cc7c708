"""Whatever bytes a file holds, preparing never crashes and never loses a row in silence."""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pitchpipe import PitchpipeError
from pitchpipe.run.run import run
from pitchpipe_components.files.compression import MAGIC
from pitchpipe_stages.console import RichConsole
from tests.messy.good import GOOD, recipe
from tests.messy.prepared import unless_empty

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a disk takes longer than the work


class Prepared:
    """One file, prepared: the counts, and the lines of it that are kept or explained."""

    def __init__(self, content: bytes, name: str, options: str):
        folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=MEMORY))
        try:
            (folder / name).write_bytes(content)
            with unless_empty():
                run(recipe(folder, name, options), folder / "run", RichConsole(quiet=True), "prepare", 1)
            record = json.loads((folder / "run" / "run.json").read_bytes())
            self.counts = record["stages"]["prepare"]["result"]["rows"]["fuzz"]
            told = lines_of(folder / "run" / "ledger.jsonl")
            self.kept = lines_of(folder / "run" / "prepared" / "train.jsonl")
            lost = [line for line in told if line["fate"] in ("dropped", "quarantined")]
            self.lines = sorted(row["source"]["line"] for row in self.kept) + [line["line"] for line in lost]
            assert len(lost) == self.counts["dropped"] + self.counts["quarantined"]
        finally:
            shutil.rmtree(folder)

    def assert_balanced(self) -> None:
        after = sum(self.counts[fate] for fate in ("kept", "dropped", "quarantined", "joined"))
        assert self.counts["read"] + self.counts["more"] == after
        assert self.counts["kept"] == len(self.kept) and all(line >= 1 for line in self.lines)


def lines_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().decode().split("\n")[:-1]]


TOKENS = [
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b":",
        b",",
        b"\n",
        b"\r\n",
        b"\\",
        b"\\u",
        b"\\ud800",
        b"\\u0000",
        b"\xff",
        b"\0",
    ),
    *(
        b"\xef\xbb\xbf",
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"null",
        b"true",
        b"9" * 30,
        b"\xe2\x80\xa8",
        b"\xc3",
        b"'",
        b" ",
    ),
    *(
        b'"instruction"',
        b'"output"',
        b'"data"',
        b'"messages"',
        b'{"instruction": "Hi", "output": "Yo"}',
        b"Hi",
        b";",
    ),
]
JSONISH = st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join)
NAMES = st.sampled_from(["rows.jsonl", "rows.json", "rows.csv", "rows.tsv", "rows.txt"])


@settings(max_examples=150, deadline=None)
@given(st.one_of(JSONISH, st.binary(max_size=200)), NAMES, st.sampled_from(["alpaca", "messages", "text"]))
@example(b"\x1f\x8b\x08", "rows.jsonl", "alpaca")
@example(b"\xff\xfe{", "rows.json", "alpaca")
def test_a_file_of_any_bytes(content: bytes, name: str, format: str) -> None:
    try:
        Prepared(content, name, f"format: {format}").assert_balanced()
    except PitchpipeError as error:
        assert str(error).strip()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(JSONISH, st.binary(max_size=60)), max_size=8).map(b"\n".join))
def test_no_line_of_any_bytes_is_lost(content: bytes) -> None:
    assert_no_line_is_lost(content, "alpaca")


PACKED = (b"PK\x03\x04", *MAGIC)  # what begins so has no lines of its own


def assert_no_line_is_lost(content: bytes, format: str) -> None:
    assume(not content.startswith(PACKED))
    done = Prepared(content, "rows.jsonl", f"format: {format}, kind: jsonl, encoding: utf-8")
    done.assert_balanced()
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    assert set(done.lines) == {n for n, line in enumerate(lines, 1) if not is_blank(line)}


def is_blank(line: bytes) -> bool:
    """Nothing but what JSON calls white space, and byte order marks."""
    return not line.replace(b"\xef\xbb\xbf", b"").strip(b" \t\r")


Spoil = tuple[str, int, int, bytes]
SPOILS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "flip", "insert", "delete", "repeat"]),
        st.integers(0, 10_000),
        st.integers(0, 255),
        st.sampled_from(TOKENS),
    ),
    min_size=1,
    max_size=6,
)


def good_file(format: str) -> bytes:
    """Six rows of a format, each with words of its own."""
    row = json.dumps(GOOD[format])
    return "".join(row.replace("2+2", f"2+{n}").replace("Hi", f"Hi, {n}") + "\n" for n in range(6)).encode()


def spoilt(content: bytes, spoil: Spoil) -> bytes:
    how, place, byte, token = spoil
    at = place % (len(content) + 1)
    if how == "cut":
        return content[:at] if byte % 4 == 0 else content
    if how == "flip":
        return content[:at] + bytes([byte]) + content[at + 1 :]
    if how == "insert":
        return content[:at] + token + content[at:]
    if how == "delete":
        return content[:at] + content[at + byte % 40 :]
    line = content[at:].partition(b"\n")[0]
    return content + line + b"\n" + line


@pytest.mark.parametrize("format", sorted(GOOD.keys() - {"oasst_messages"}))
@settings(max_examples=6, deadline=None)
@given(spoils=SPOILS)
def test_no_line_of_a_spoilt_file_is_lost(format: str, spoils: list[Spoil]) -> None:
    content = good_file(format)
    for spoil in spoils:
        content = spoilt(content, spoil)
    assert_no_line_is_lost(content, format)


LINKS = st.tuples(
    st.sampled_from("abcdef"), st.sampled_from([None, *"abcdefg"]), st.sampled_from(["prompter", "assistant"])
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINKS, max_size=10), SPOILS)
def test_no_message_of_a_spoilt_tree_is_lost(
    links: list[tuple[str, str | None, str]], spoils: list[Spoil]
) -> None:
    rows = [
        {"message_id": a, "parent_id": b, "text": f"{a} {n}", "role": c} for n, (a, b, c) in enumerate(links)
    ]
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    for spoil in spoils:
        content = spoilt(content, spoil)
    Prepared(content, "rows.jsonl", "format: oasst_messages, kind: jsonl, encoding: utf-8").assert_balanced()
