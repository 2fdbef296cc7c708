"""A folder of data as it is found in the wild, one kind of mess a file: every row is mended or explained."""

import bz2
import gzip
import json
import lzma
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pitchpipe import PitchpipeError
from pitchpipe.check import load
from pitchpipe.console import Console
from pitchpipe.host import Host
from pitchpipe.run import run
from tests.documents import ROOT

NASTY = ROOT / "tests" / "nasty"

# Each file, with the options that it is read with: how many rows are read, kept, dropped and quarantined;
# and the lines of the ledger in order. Where "..." stands, Python words the reason, each version its own way.
# fmt: off
EXPECTED: dict[str, tuple[tuple[int, int, int, int], list[str]]] = {
    "arguments_text_or_object.jsonl": ((4, 4, 0, 0), []),
    "array.json": ((2, 2, 0, 0), []),
    "array_broken.json": ((3, 2, 0, 1), ["3 quarantined: not JSON: brackets or quotes do not match (lines 3 to 4)"]),
    "array_cut.json": ((3, 2, 0, 1), ["4 quarantined: not JSON: the file ends inside this value"]),
    "array_followed.json": ((2, 1, 0, 1), ["1 quarantined: a row is an object, not list"]),
    "array_named.jsonl": ((2, 2, 0, 0), []),
    "array_of_others.json": ((6, 2, 0, 4), [
        "1 quarantined: a row is an object, not NoneType",
        "1 quarantined: a row is an object, not int",
        "1 quarantined: a row is an object, not str",
        "1 quarantined: a row is an object, not list",
    ]),
    "array_on_one_line.json": ((2, 2, 0, 0), []),
    "array_then_text.json": ((3, 2, 0, 1), ["4 quarantined: not JSON: the list ends on line 4, and this follows"]),
    "arrays_on_lines.jsonl": ((2, 0, 0, 2), [
        "1 quarantined: a row is an object, not list",
        "2 quarantined: a row is an object, not list",
    ]),
    "big_integers_of_tools.jsonl": ((2, 1, 0, 1), ["1 quarantined: not JSON: ...", "2 changed: values written as text"]),
    "deep_reply.jsonl": ((2, 1, 0, 1), ["1 quarantined: content is list, not text"]),
    "big_integers.jsonl": ((6, 5, 0, 1), ["6 quarantined: not JSON: ..."]),
    "blank.jsonl": ((0, 0, 0, 0), []),
    "blank_lines.jsonl": ((2, 2, 0, 0), []),
    "bom.json": ((2, 2, 0, 0), []),
    "bom.jsonl": ((2, 2, 0, 0), []),
    "c1.jsonl": ((3, 3, 0, 0), [
        "1 changed: control characters removed",
        "2 changed: control characters removed",
        "3 changed: control characters removed",
    ]),
    "cell_counts.csv": ((5, 2, 0, 3), [
        "3 quarantined: 1 cells where the header has 2",
        "4 quarantined: 3 cells where the header has 2",
        "7 quarantined: empty prompt",
    ]),
    "columns.json": ((2, 1, 0, 1), ["1 quarantined: empty reply"]),
    "columns_of_pandas.json": ((1, 0, 0, 1), ["1 quarantined: content is dict, not text"]),
    "columns_uneven.json": ((1, 1, 0, 0), ["1 changed: list read as text: content"]),
    "concatenated.json": ((3, 3, 0, 0), []),
    "concatenated.jsonl": ((7, 6, 0, 1), [
        "1 changed: several objects on one line",
        "1 changed: several objects on one line",
        "2 changed: several objects on one line",
        "2 changed: several objects on one line",
        "2 changed: several objects on one line",
        "3 changed: several objects on one line",
        "3 quarantined: not JSON: ...",
    ]),
    "content_of_other_types.jsonl": ((13, 7, 1, 5), [
        "1 changed: number or boolean read as text: content",
        "2 changed: number or boolean read as text: content",
        "3 changed: number or boolean read as text: content",
        "4 changed: list read as text: content",
        "7 quarantined: holds an image",
        "8 quarantined: holds a part that is not text: 'input_audio'",
        "9 quarantined: empty prompt",
        "10 quarantined: content is list, not text",
        "11 quarantined: messages is missing",
        "12 changed: number or boolean read as text: content",
        "13 dropped: duplicate: of content_of_other_types.jsonl:6",
    ]),
    "crlf.jsonl": ((3, 3, 0, 0), [
        "1 changed: line ends made one",
        "2 changed: line ends made one",
    ]),
    "data_key.json": ((2, 2, 0, 0), []),
    "data_key_empty.json format: alpaca": ((1, 0, 0, 1), ["1 quarantined: instruction is missing"]),
    "deep.jsonl": ((4, 2, 0, 2), [
        "2 quarantined: not JSON: nested too deep",
        "3 quarantined: content is list, not text",
    ]),
    "duplicate_ids.jsonl": ((6, 5, 1, 0), ["3 dropped: duplicate: of duplicate_ids.jsonl:1"]),
    "duplicate_keys.jsonl": ((2, 1, 0, 1), ["2 quarantined: empty reply"]),
    "empty.json": ((0, 0, 0, 0), []),
    "empty.jsonl": ((0, 0, 0, 0), []),
    "empty_list.json": ((0, 0, 0, 0), []),
    "empty_object.json format: alpaca": ((1, 0, 0, 1), ["1 quarantined: instruction is missing"]),
    "empty_turns.jsonl": ((5, 3, 0, 2), [
        "1 changed: cut at an empty turn",
        "2 quarantined: empty reply",
        "3 quarantined: empty prompt",
        "4 changed: empty turn removed",
        "5 changed: cut at an empty turn",
    ]),
    "gb18030.jsonl": ((2, 2, 0, 0), ["1 changed: invalid UTF-8 replaced"]),
    "glaive_broken.jsonl": ((6, 3, 0, 3), [
        "4 quarantined: chat does not begin with a mark: it tells nobody who speaks",
        "5 quarantined: chat is not text",
        "6 quarantined: no reply",
    ]),
    "gpt_first.jsonl": ((4, 3, 0, 1), [
        "1 changed: turns before the first prompt cut",
        "2 changed: turns before the first prompt cut",
        "3 quarantined: no prompt",
    ]),
    "header_only.csv": ((0, 0, 0, 0), []),
    "hh_broken.jsonl": ((7, 3, 0, 4), [
        "3 quarantined: empty reply",
        "4 quarantined: chosen does not begin with a mark: it tells nobody who speaks",
        "5 changed: turns of one role merged",
        "6 quarantined: chosen is missing",
        "7 quarantined: rejected is missing",
    ]),
    "history.jsonl": ((7, 2, 0, 5), [
        "3 quarantined: a turn of history is not a pair",
        "4 quarantined: a turn of history is not a pair",
        "5 quarantined: history is not a list",
        "6 quarantined: empty reply",
        "7 quarantined: empty prompt",
    ]),
    "html.jsonl": ((5, 5, 0, 0), [
        "1 changed: HTML entities read",
        "1 changed: HTML tags removed",
        "3 changed: HTML tags removed",
    ]),
    "human_last.jsonl": ((4, 2, 1, 1), [
        "1 changed: turns after the last reply cut",
        "2 quarantined: no reply",
        "3 changed: cut at an empty turn",
        "4 dropped: duplicate: of human_last.jsonl:3",
    ]),
    "instances.jsonl": ((4, 3, 0, 4), [
        "1 quarantined: empty reply",
        "2 quarantined: the row holds no conversation",
        "3 quarantined: instances is not a list",
        "4 changed: number or boolean read as text: content",
        "4 quarantined: an instance is not an object",
    ]),
    "json_named.csv": ((2, 2, 0, 0), []),
    "json_named.txt": ((2, 2, 0, 0), []),
    "keys_come_late.jsonl": ((122, 121, 0, 1), ["122 quarantined: instruction is missing"]),
    "labels.jsonl": ((10, 3, 0, 7), [
        "2 quarantined: the label is false",
        "4 quarantined: the label is false",
        "6 quarantined: the label is false",
        "7 quarantined: the label is false",
        "8 quarantined: label is neither true nor false",
        "9 quarantined: label is neither true nor false",
        "10 quarantined: label is neither true nor false",
    ]),
    "line_separators.jsonl": ((2, 2, 0, 0), ["1 changed: control characters removed"]),
    "markup_of_templates.jsonl": ((2, 2, 0, 0), []),
    "messages_of_a_tree.jsonl": ((9, 1, 0, 7), [
        "9 quarantined: not JSON: ...",
        "3 quarantined: belongs to no tree: its parent is missing, or its message_id came before",
        "4 quarantined: belongs to no tree: its parent is missing, or its message_id came before",
        "5 quarantined: belongs to no tree: its parent is missing, or its message_id came before",
        "6 quarantined: belongs to no tree: its parent is missing, or its message_id came before",
        "7 quarantined: belongs to no tree: its parent is missing, or its message_id came before",
        "8 quarantined: belongs to no tree: its parent is missing, or its message_id came before",
    ]),
    "missing_comma.json": ((2, 2, 0, 0), []),
    "mixed_formats.jsonl": ((6, 3, 0, 3), [
        "2 quarantined: instruction is missing",
        "4 quarantined: instruction is missing",
        "6 quarantined: instruction is missing",
    ]),
    "mojibake.jsonl": ((4, 4, 0, 0), [
        "1 changed: mojibake undone",
        "4 changed: mojibake undone",
    ]),
    "nan.jsonl": ((6, 4, 0, 2), [
        "2 quarantined: empty reply",
        "4 quarantined: empty reply",
        "5 changed: nan read as empty: context",
    ]),
    "nan_cells.csv": ((3, 2, 0, 1), [
        "2 changed: nan read as empty: context",
        "3 quarantined: empty reply",
        "4 changed: context read as empty: 'null'",
    ]),
    "nan_infinity.jsonl": ((3, 3, 0, 0), [
        "1 changed: NaN read as null",
        "2 changed: Infinity read as null",
    ]),
    "nbsp.jsonl": ((2, 1, 0, 1), ["2 quarantined: empty prompt"]),
    "no_newline_at_end.jsonl": ((2, 2, 0, 0), []),
    "not_json.jsonl": ((8, 2, 0, 6), [
        "2 quarantined: not JSON: ...",
        "3 quarantined: not JSON: ...",
        "4 quarantined: not JSON: ...",
        "5 quarantined: not JSON: ...",
        "6 quarantined: not JSON: ...",
        "7 quarantined: not JSON: ...",
    ]),
    "not_objects.jsonl": ((8, 2, 0, 6), [
        "2 quarantined: a row is an object, not list",
        "3 quarantined: a row is an object, not int",
        "4 quarantined: a row is an object, not str",
        "5 quarantined: a row is an object, not NoneType",
        "6 quarantined: a row is an object, not bool",
        "7 quarantined: a row is an object, not list",
    ]),
    "not_utf8.jsonl": ((3, 3, 0, 0), [
        "1 changed: invalid UTF-8 replaced",
        "3 changed: invalid UTF-8 replaced",
    ]),
    "nul.jsonl": ((4, 3, 0, 1), [
        "1 changed: control characters removed",
        "2 quarantined: empty reply",
        "3 changed: control character in a string kept",
        "3 changed: control characters removed",
    ]),
    "nul_and_latin.csv": ((2, 2, 0, 0), [
        "2 changed: control characters removed",
        "3 changed: invalid UTF-8 replaced",
    ]),
    "null_and_missing.jsonl": ((9, 3, 0, 6), [
        "2 quarantined: empty prompt",
        "3 quarantined: empty reply",
        "4 quarantined: output is missing",
        "5 quarantined: instruction is missing",
        "6 quarantined: instruction is missing",
        "7 quarantined: empty prompt",
        "9 changed: context read as empty: 'n/a'",
    ]),
    "null_then_object.jsonl": ((4, 4, 0, 0), []),
    "null_turns.jsonl": ((14, 1, 0, 13), [
        "2 quarantined: conversations is not a list",
        "3 quarantined: no reply",
        "4 quarantined: a turn is not an object",
        "5 quarantined: a turn is not an object",
        "6 quarantined: conversations is not a list",
        "7 quarantined: conversations is not a list",
        "8 quarantined: conversations is not a list",
        "9 quarantined: empty prompt",
        "10 quarantined: empty prompt",
        "11 quarantined: empty reply",
        "12 quarantined: unknown role: None",
        "13 quarantined: a turn is not an object",
        "14 quarantined: messages is missing",
    ]),
    "odd_meta.jsonl": ((2, 2, 0, 0), []),
    "open_quote.csv": ((2, 1, 0, 1), ["3 quarantined: the quote that is open in the row of line 3 is never closed"]),
    "preferences.jsonl": ((7, 2, 0, 5), [
        "2 quarantined: chosen and rejected are equal",
        "3 quarantined: empty rejected reply",
        "4 quarantined: empty reply",
        "5 quarantined: empty prompt",
        "6 changed: number or boolean read as text: content",
        "7 quarantined: empty reply",
    ]),
    "quoted_newlines.csv": ((2, 2, 0, 0), ["2 changed: line ends made one"]),
    "ratings.jsonl": ((7, 4, 0, 3), [
        "3 quarantined: completions is not a list of objects",
        "5 quarantined: completions is not a list of objects",
        "7 quarantined: completions is not a list of objects",
    ]),
    "raw_controls.jsonl": ((3, 3, 0, 0), [
        "1 changed: control character in a string kept",
        "2 changed: control character in a string kept",
        "2 changed: control characters removed",
    ]),
    "roles.jsonl": ((8, 3, 0, 5), [
        "1 quarantined: unknown role: 'narrator'",
        "3 quarantined: unknown role: None",
        "4 quarantined: unknown role: None",
        "5 quarantined: unknown role: 7",
        "6 quarantined: unknown role: list",
    ]),
    "same_role_twice.jsonl": ((3, 3, 0, 0), [
        "1 changed: turns of one role merged",
        "2 changed: turns of one role merged",
    ]),
    "semicolons.csv": ((2, 2, 0, 0), []),
    "several_systems.jsonl": ((4, 4, 0, 0), [
        "1 changed: system turns merged",
        "2 changed: system turns merged",
        "3 changed: empty system turn removed",
        "4 changed: system turns merged",
    ]),
    "spaces.tsv": ((2, 2, 0, 0), []),
    "surrogates.jsonl": ((6, 6, 0, 0), [
        "1 changed: lone surrogate replaced",
        "2 changed: lone surrogate replaced",
        "4 changed: lone surrogate replaced",
        "5 changed: lone surrogate replaced",
    ]),
    "surrogates_raw.jsonl": ((2, 2, 0, 0), ["1 changed: invalid UTF-8 replaced"]),
    "system_in_the_middle.jsonl": ((2, 2, 0, 0), [
        "1 changed: system turn moved to the start",
        "2 changed: system turn moved to the start",
    ]),
    "task.json": ((1, 4, 0, 2), [
        "1 quarantined: empty reply",
        "1 quarantined: an instance is not an object",
        "1 changed: number or boolean read as text: content",
    ]),
    "text.txt": ((3, 2, 0, 1), [
        "3 changed: control characters removed",
        "3 changed: invisible characters removed",
        "4 quarantined: empty text",
    ]),
    "text_or_list.jsonl": ((4, 3, 0, 1), ["4 quarantined: messages is not a list"]),
    "tool_calls.jsonl": ((10, 6, 0, 4), [
        "2 quarantined: empty reply",
        "4 changed: number or boolean read as text: content",
        "5 quarantined: tool_calls is str, not a list of objects",
        "6 quarantined: tool_calls holds int, not objects",
        "7 quarantined: empty reply",
    ]),
    "trailing_comma_inside.json": ((3, 2, 0, 1), ["3 quarantined: not JSON: ..."]),
    "trailing_commas.json": ((2, 2, 0, 0), []),
    "trailing_commas.jsonl": ((3, 2, 0, 1), [
        "1 changed: comma after the object dropped",
        "2 changed: comma after the object dropped",
        "3 quarantined: not JSON: ...",
    ]),
    "trees.jsonl": ((8, 2, 0, 6), [
        "2 quarantined: no reply",
        "3 quarantined: prompt is not an object",
        "4 quarantined: no reply",
        "5 quarantined: no reply",
        "6 quarantined: no reply",
        "8 quarantined: empty prompt",
    ]),
    "truncated.jsonl": ((3, 2, 0, 1), ["3 quarantined: not JSON: ..."]),
    "truncated_unicode.jsonl": ((2, 1, 0, 1), ["2 quarantined: not JSON: ..."]),
    "turns_of_text.jsonl": ((9, 3, 0, 6), [
        "2 quarantined: no reply",
        "3 quarantined: no reply",
        "4 quarantined: empty reply",
        "5 quarantined: empty prompt",
        "6 changed: number or boolean read as text: content",
        "7 quarantined: data is not a list",
        "8 changed: turns after the last reply cut",
        "9 quarantined: content is dict, not text",
    ]),
    "two_lists.json field: test": ((1, 1, 0, 0), []),
    "weights.jsonl": ((4, 2, 0, 2), [
        "2 quarantined: weight: 0.5 is neither 0 nor 1",
        "3 quarantined: weight: 'yes' is neither 0 nor 1",
    ]),
    "xlam_broken.jsonl": ((7, 2, 0, 5), [
        "3 quarantined: answers is not a list of calls",
        "4 quarantined: answers is not a list of calls",
        "5 quarantined: empty prompt",
        "6 quarantined: answers is not a list of calls",
        "7 quarantined: answers is not a list of calls",
    ]),
    "zero_width.jsonl": ((5, 4, 0, 1), [
        "1 changed: invisible characters removed",
        "5 quarantined: empty reply",
    ]),
    "gb18030.jsonl encoding: gb18030": ((2, 2, 0, 0), []),
    "array_followed.json kind: json": ((3, 2, 0, 1), ["1 quarantined: not JSON: the list ends on line 1, and this follows"]),
}
# fmt: on
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
COUNTS = ("read", "kept", "dropped", "quarantined")


@cache
def host() -> Host:
    return Host.from_environment()


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
        run(load(recipe, host()), self.folder, Console(quiet=True), "prepare", processes)
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


# --- The folder ---------------------------------------------------------------------------------


@pytest.mark.parametrize("case", EXPECTED)
def test_every_row_of_a_nasty_file_is_mended_or_explained(tmp_path: Path, case: str) -> None:
    name, _, options = case.partition(" ")
    counts, ledger = EXPECTED[case]
    shutil.copy(NASTY / name, tmp_path)
    done = Prepared(tmp_path, {name: options})
    assert_sound(done)
    assert tuple(done.counts["nasty-1"][name] for name in COUNTS) == counts
    said = done.said()
    assert len(said) == len(ledger) and all(map(is_as_expected, said, ledger)), said


def test_every_file_of_the_folder_is_expected() -> None:
    files = {file.name for file in NASTY.iterdir() if not file.name.startswith(".")}
    assert files == {case.partition(" ")[0] for case in EXPECTED}


SHAPES = re.compile(
    r"(?!array_followed.json$|arrays)(array|bom|blank_|concat|data_key.json|json_named|no_newline|missing|trailing|truncated)"
)


@pytest.mark.parametrize("case", list(filter(SHAPES.match, EXPECTED)))
def test_the_same_rows_come_out_of_every_shape(tmp_path: Path, case: str) -> None:
    name, _, options = case.partition(" ")
    shutil.copy(NASTY / name, tmp_path)
    assert Prepared(tmp_path, {name: options}).talks()[0] == ["Say hello.", "Hello!"]


# --- Files that are packed, damaged or large: made here from the plain ones ---------------------

UNPACKED = ["array.json", "same_role_twice.jsonl", "quoted_newlines.csv", "truncated.jsonl", "columns.json"]
Packing = Callable[[bytes], bytes]


def zstandard(text: bytes) -> bytes:
    import zstandard

    return zstandard.compress(text)


def in_two(packing: Packing) -> Packing:
    """Two streams in one file, cut in the middle of a row."""
    return lambda text: packing(text[: len(text) // 2]) + packing(text[len(text) // 2 :])


def encoded(encoding: str, mark: bytes = b"") -> Packing:
    return lambda text: mark + text.decode().encode(encoding)


PACKINGS: dict[str, Packing] = {
    "gzip": gzip.compress,
    "zstd": zstandard,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "gzip in two": in_two(gzip.compress),
    "zstd in two": in_two(zstandard),
    "bz2 in two": in_two(bz2.compress),
    "xz in two": in_two(lzma.compress),
    "UTF-8 with a mark": encoded("utf-8", b"\xef\xbb\xbf"),
    "UTF-16 LE": encoded("utf-16-le"),
    "UTF-16 BE": encoded("utf-16-be"),
    "UTF-16 LE with a mark": encoded("utf-16-le", b"\xff\xfe"),
    "UTF-16 BE with a mark": encoded("utf-16-be", b"\xfe\xff"),
    "UTF-32 LE with a mark": encoded("utf-32-le", b"\xff\xfe\0\0"),
    "UTF-16 LE in gzip": lambda text: gzip.compress(encoded("utf-16-le", b"\xff\xfe")(text)),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_whatever_a_file_is_packed_in_its_rows_are_the_same(tmp_path: Path, packing: str) -> None:
    """Under its own name, which says nothing of how it is packed."""
    for name in UNPACKED:
        text = (NASTY / name).read_bytes()
        (tmp_path / name).write_bytes(PACKINGS[packing](text))
        done = Prepared(tmp_path, {name: ""})
        assert_sound(done)
        counts, ledger = EXPECTED[name]
        assert tuple(done.counts["nasty-1"][name] for name in COUNTS) == counts
        assert all(map(is_as_expected, done.said(), ledger)) and len(done.said()) == len(ledger)
        shutil.rmtree(done.folder)


@pytest.mark.parametrize(
    "name", ["rows.txt", "rows.parquet", "rows.gz", "rows.jsonl.zst", "rows", "rows.csv.bz2"]
)
def test_a_wrong_name_costs_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes((NASTY / "no_newline_at_end.jsonl").read_bytes())
    done = Prepared(tmp_path, {name: ""})
    assert_sound(done)
    assert done.talks() == [["Say hello.", "Hello!"], ["Say goodbye.", "Goodbye!"]] and not done.ledger


MANY = "".join(f'{{"instruction": "Say {n}.", "output": "It is {n}."}}\n' for n in range(2000)).encode()
PAIRS = [json.loads(line) for line in MANY.splitlines()]
LARGE = {
    "lines.jsonl": MANY,
    "list.json": json.dumps(PAIRS, indent=1).encode(),
    "columns.json": json.dumps({name: [row[name] for row in PAIRS] for name in PAIRS[0]}).encode(),
    "table.csv": "".join(
        f"{','.join(row.values())}\n" for row in ({"a": "instruction", "b": "output"}, *PAIRS)
    ).encode(),
}


@pytest.mark.parametrize("packing", ["gzip", "zstd", "bz2", "xz"])
@pytest.mark.parametrize("name", LARGE)
def test_a_packed_file_that_is_cut_off_says_so(tmp_path: Path, packing: str, name: str) -> None:
    whole = PACKINGS[packing](LARGE[name])
    (tmp_path / name).write_bytes(whole[: len(whole) * 3 // 4])
    done = Prepared(tmp_path, {name: "format: alpaca"})
    assert_sound(done)
    assert any("ends too early" in said for said in done.said()), done.said()
    assert done.counts["nasty-1"]["kept"] < 2000


@pytest.mark.parametrize("packing", ["gzip", "zstd", "bz2", "xz"])
@pytest.mark.parametrize("name", LARGE)
def test_what_follows_a_packed_file_is_told(tmp_path: Path, packing: str, name: str) -> None:
    (tmp_path / name).write_bytes(PACKINGS[packing](LARGE[name]) + b"This is no stream of the kind.")
    done = Prepared(tmp_path, {name: ""})
    assert_sound(done)
    assert done.counts["nasty-1"]["kept"] == 2000
    assert [said for said in done.said() if "damaged" in said] == done.said() != []


@pytest.mark.parametrize("content", [b"PK\x03\x04 and so on", b"PAR1 and so on", b"ARROW1 and so on"])
def test_what_is_no_file_of_its_kind_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rows.jsonl").write_bytes(content)
    try:
        done = Prepared(tmp_path, {"rows.jsonl": ""})
    except PitchpipeError as error:
        assert "zip archive: unpack it" in str(error) and content.startswith(b"PK")
    else:
        assert_sound(done)
        kind = "Parquet" if content.startswith(b"PAR") else "Arrow"
        assert len(done.said()) == 1 and done.said()[0].startswith(f"1 quarantined: not {kind}: ")


def test_huge_rows_are_read_or_refused_as_the_recipe_says(tmp_path: Path) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * (1 << 20)}}
    rows = [
        {"messages": [{"role": "user", "content": "Say hello."}, {"role": "assistant", "content": "Hello!"}]},
        {"messages": [{"role": "user", "content": [image]}, {"role": "assistant", "content": "A cat."}]},
        {
            "messages": [
                {"role": "user", "content": "Go on."},
                {"role": "assistant", "content": "On. " * (1 << 20)},
            ]
        },
        {"messages": [{"role": "user", "content": "Say bye."}, {"role": "assistant", "content": "Bye!"}]},
    ]
    (tmp_path / "lines.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "list.json").write_text(json.dumps(rows))
    for name in ("lines.jsonl", "list.json"):
        done = Prepared(tmp_path, {name: ""})
        assert_sound(done)
        assert [len(talk[-1]) for talk in done.talks()] == [6, 4 << 20, 4]
        assert [said.partition(" ")[2] for said in done.said()] == ["quarantined: holds an image"]
        shutil.rmtree(done.folder)
        done = Prepared(tmp_path, {name: "max_bytes: 2048"})
        assert_sound(done)
        assert [talk[-1] for talk in done.talks()] == ["Hello!", "Bye!"]
        assert all("longer than 2048 bytes" in said for said in done.said()) and len(done.said()) == 2
        assert max(len(json.dumps(line)) for line in done.ledger) < 200_000  # it does not keep them whole
        shutil.rmtree(done.folder)


# --- All at once --------------------------------------------------------------------------------

WHOLE_RECIPE = """\
filters: [sft_default, near_duplicates]
model: tiny
template: chatml
collator:
  padded: {length: 256, too_long: cut_end}
split: {train: 0.8, test: 0.2}
data: {max_dropped: 1.0}
"""


def test_the_whole_folder_gives_the_same_bytes_whatever_the_number_of_processes(tmp_path: Path) -> None:
    sources = {}
    for number, case in enumerate(EXPECTED):
        name, _, options = case.partition(" ")
        shutil.copy(NASTY / name, tmp_path / f"{number}-{name}")
        sources[f"{number}-{name}"] = options
    one, two = (Prepared(tmp_path, sources, WHOLE_RECIPE, processes) for processes in (1, 2))
    assert one.counts == two.counts and len(one.counts) == len(EXPECTED)
    files = sorted(file.name for file in (one.folder / "prepared").iterdir())
    assert files == sorted(file.name for file in (two.folder / "prepared").iterdir())
    for name in ["ledger.jsonl", *(f"prepared/{file}" for file in files)]:
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes(), name
    for row in one.kept + lines_of(one.folder / "prepared" / "test.jsonl"):
        assert_clean(row)
    read = [count["read"] for count in one.counts.values()]
    assert read == [counts[0] for counts, _ in EXPECTED.values()]
