"""Loaders read every kind of file the same way, lose no row in silence, and are cut by the data alone."""

import bz2
import csv
import gzip
import io
import json
import lzma
import pickle
import sys
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import pitchpipe as pp
from pitchpipe_plugins.loaders import Files, HuggingFace, Stdin
from pitchpipe_plugins.loaders.compression import BLOCK
from pitchpipe_plugins.loaders.json_values import mended

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


# --- Kinds, compressions, encodings -------------------------------------------------------------


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("kind", TEXTS)
def test_every_kind_in_every_compression(tmp_path, kind, packing):
    content = PACK[packing](TEXTS[kind](ROWS).encode())
    assert data(read(put(tmp_path / f"rows.{kind}{packing}", content))) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("kind", TEXTS)
def test_every_kind_in_every_encoding_that_is_recognised(tmp_path, kind, encoding):
    rows = [*ROWS[1:], ROWS[0]]
    for packing in ("", ".gz"):
        path = put(tmp_path / f"rows.{kind}{packing}", PACK[packing](TEXTS[kind](rows).encode(encoding)))
        assert data(read(path)) == rows


@pytest.mark.parametrize("encoding", ["gb18030", "latin-1"])
def test_other_encodings_are_stated(tmp_path, encoding):
    rows = [{"instruction": "é", "output": "ü"}]
    path = put(tmp_path / "rows.jsonl", as_lines(rows).encode(encoding))
    assert data(read(path, encoding=encoding)) == rows
    assert read(path)[0].notes == ("invalid UTF-8 replaced",)
    with pytest.raises(ValueError, match="no encoding 'utf-9'"):
        Files(path, encoding="utf-9")


def test_content_decides_not_the_name(tmp_path):
    put(tmp_path / "a.txt", as_lines(ROWS))
    put(tmp_path / "b.csv", json.dumps(ROWS))
    put(tmp_path / "c.gz", as_lines(ROWS))
    put(tmp_path / "d.json", PACK[".zst"](as_lines(ROWS).encode()))
    put(tmp_path / "e.jsonl", json.dumps(ROWS, indent=1))
    for path in tmp_path.iterdir():
        assert data(read(path)) == ROWS
    path = put(tmp_path / "f.bin", "a,b\n1,2\n")
    with pytest.raises(pp.PitchpipeError, match="say so with kind"):
        read(path)
    assert data(read(path, kind="csv")) == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize("packing", PACK)
def test_an_empty_file_has_no_rows(tmp_path, packing):
    for name, content in (
        ("a.jsonl", b""),
        ("b.csv", b"\xef\xbb\xbf"),
        ("c.json", b" \n\n"),
        ("d.json", b"[]"),
        ("e.json", b'{"data": []}'),
    ):
        assert read(put(tmp_path / f"{name}{packing}", PACK[packing](content))) in (
            [],
            [pp.Row({"data": []}, str(tmp_path / f"{name}{packing}"), 1)],
        )
    assert read(put(tmp_path / f"d.json{packing}", PACK[packing](b"[ ]\n"))) == []


def test_several_streams_one_after_another_are_one_file(tmp_path):
    halves = [as_lines(ROWS).encode()[:77], as_lines(ROWS).encode()[77:]]
    for packing in list(PACK)[1:]:
        content = b"".join(map(PACK[packing], halves)) + (b"\0" * 512 if packing == ".gz" else b"")
        assert data(read(put(tmp_path / f"rows.jsonl{packing}", content))) == ROWS


@pytest.mark.parametrize(
    ("kind", "packing"),
    [
        *((kind, ".gz") for kind in ("pretty.json", "json", "data.json", "columns.json", "csv")),
        *(("jsonl", packing) for packing in list(PACK)[1:]),
    ],
)
def test_what_is_readable_of_a_broken_file_is_read(tmp_path, kind, packing):
    import random

    chance = random.Random(1)
    rows = [{"instruction": str(i), "output": chance.randbytes(500).hex()} for i in range(3500)]
    content = PACK[packing](TEXTS[kind](rows).encode())
    cut = read(put(tmp_path / f"rows.{kind}{packing}", content[: len(content) * 3 // 4]))
    assert cut[-1].error and "ends too early" in cut[-1].error
    assert "columns" in kind or len(cut) > 1000
    assert [row.data for row in cut[:-1] if not row.error] == rows[: len(cut) - 1] or kind == "csv"
    assert sum(bool(row.error) for row in cut) <= 2
    damaged = read(put(tmp_path / f"rows.{kind}{packing}", content[:-400] + b"?" * 10 + content[-390:]))
    assert any(row.error for row in damaged) or packing == ".zst"


@pytest.mark.parametrize("kind", TEXTS)
def test_a_wrong_checksum_is_told(tmp_path, kind):
    """All that was packed is read, but it may not be what was meant."""
    content = gzip.compress(TEXTS[kind](ROWS).encode())
    found = read(put(tmp_path / f"rows.{kind}.gz", content[:-8] + b"\0\0\0\0" + content[-4:]))
    assert [row.data for row in found if not row.error] == ROWS
    assert ["damaged" in row.error for row in found] == [False, False, False, True]


# --- Parts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("packing", ["", ".gz"])
@pytest.mark.parametrize(
    "kind",
    [
        "jsonl",
        "json",
        "pretty.json",
        "one_a_line.json",
        "data.json",
        "other.json",
        "columns.json",
        "concatenated.json",
        "csv",
    ],
)
def test_large_files_come_in_several_parts(tmp_path, kind, packing):
    rows = [{"id": str(i), "output": f'"{i}" ] }},{{ \\' + "é" * 500} for i in range(6000)]
    path = put(tmp_path / f"rows.{kind}{packing}", PACK[packing](TEXTS[kind](rows).encode()))
    assert data(read(path)) == rows
    sizes = [len(pickle.dumps(part)) for part in Files(path).parts()]
    assert len(sizes) > 2
    assert max(sizes) < (1000 if not packing and kind not in ("csv", "columns.json") else 3 * BLOCK)


@pytest.mark.parametrize(
    "kind",
    ["jsonl", "pretty.json", "one_a_line.json", "data.json", "concatenated.json", "columns.json", "csv"],
)
def test_a_row_knows_its_line(tmp_path, kind):
    rows = [{"id": f"#{i}#", "output": "long " * 60 + "\n"} for i in range(20000)]
    content = TEXTS[kind](rows)
    lines = content.split("\n")
    for row in data_rows(read(put(tmp_path / f"rows.{kind}", content)))[::997]:
        assert any(f"#{row.data['id'].strip('#')}#" in line for line in lines[row.line - 1 : row.line + 1]), (
            row.line
        )


def data_rows(rows):
    assert not any(row.error for row in rows)
    return rows


def test_objects_that_hold_their_like(tmp_path):
    """Where an object inside a row begins as a row does, brackets are counted."""
    tree = {"id": "a", "text": "t" * 700, "replies": [{"id": "b", "text": "u" * 700}] * 3}
    for kind in ("json", "pretty.json", "concatenated.json", "data.json"):
        path = put(tmp_path / kind, TEXTS[kind]([tree] * 2000))
        assert data(read(path)) == [tree] * 2000


def test_rows_that_begin_differently(tmp_path):
    rows = [{f"k{i}": "x" * 1000} for i in range(5000)]
    assert data(read(put(tmp_path / "rows.json", json.dumps(rows)))) == rows


@pytest.mark.parametrize("rows", [["a", "b]", "{"], [1, 2.5, None], [["a", "b"], ["c"]], [{}, {}], [[]]])
def test_a_list_of_what_is_no_object_is_left_to_the_pipeline(tmp_path, rows):
    for indent in (None, 2):
        found = read(put(tmp_path / "rows.json", json.dumps(rows, indent=indent)), kind="json")
        assert data(found) == rows
    assert data(read(put(tmp_path / "rows.jsonl", "[1]\n[2]\n"))) == [[1], [2]]


# --- Broken JSON --------------------------------------------------------------------------------

MENDED = {
    '{"a": NaN, "b": -Infinity, "c": 1e999}': (
        [{"a": None, "b": None, "c": None}],
        ("NaN read as null", "Infinity read as null"),
    ),
    r'{"a": "\ud800 \ud83d\ude00 \\ud800"}': ([{"a": "\ufffd 😀 \\ud800"}], ("lone surrogate replaced",)),
    r'{"a": "\ude00\ud83d"}': ([{"a": "\ufffd\ufffd"}], ("lone surrogate replaced",)),
    b'{"a": "\xff\xfe"}': ([{"a": "\ufffd\ufffd"}], ("invalid UTF-8 replaced",)),
    '{"a": 1},': ([{"a": 1}], ("comma after the object dropped",)),
    '{"a": 1}{"a": 2} {"a": 3}': ([{"a": 1}, {"a": 2}, {"a": 3}], ("several objects on one line",)),
    '{"a": 1},{"a": 2}': ([{"a": 1}, {"a": 2}], ("several objects on one line",)),
    '\ufeff{"a": 1}': ([{"a": 1}], ()),
    '{"a": "tab\there"}': ([{"a": "tab\there"}], ("control character in a string kept",)),
}
KEPT = {
    r'{"a": "\u0000"}': {"a": "\0"},
    '{"a": 123456789012345678901234567890}': {"a": 123456789012345678901234567890},
    '{"a": 1, "a": 2}': {"a": 2},
    ' \t{"a": "\u2028"}\r': {"a": "\u2028"},
}


@pytest.mark.parametrize("text", MENDED)
def test_a_line_is_mended_with_a_note(tmp_path, text):
    line = text if isinstance(text, bytes) else text.encode()
    found = read(put(tmp_path / "rows.jsonl", b'{"first": 1}\n' + line + b'\r\n\r\n{"last": 1}'))
    expected, notes = MENDED[text]
    assert data(found) == [{"first": 1}, *expected, {"last": 1}]
    assert {row.notes for row in found[1:-1]} == {notes}
    assert [row.line for row in found] == [1, *[2] * len(expected), 4]


@pytest.mark.parametrize(
    "text", [text for text in MENDED if len(MENDED[text][0]) == 1 and "comma" not in str(MENDED[text])]
)
def test_an_element_is_mended_with_the_same_note(tmp_path, text):
    element = text.removeprefix("\ufeff").encode() if isinstance(text, str) else text
    found = read(put(tmp_path / "rows.json", b'[{"a": 1},\n' + element + b',\n{"a": 9}]'))
    expected, notes = MENDED[text]
    assert data(found) == [{"a": 1}, *expected, {"a": 9}]
    assert [(row.line, row.notes) for row in found] == [(1, ()), (2, notes), (3, ())]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_unusual_is_kept(tmp_path, text):
    found = read(put(tmp_path / "rows.jsonl", text + '\n{"b": 1}\n'))
    assert data(found) == [KEPT[text], {"b": 1}] and not found[0].notes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": "cut', "not JSON: Unterminated string"),
        ("{'a': 1}", "not JSON: Expecting property name"),
        ("nonsense", "not JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"a": ' * 5000 + "1" + "}" * 5000, "nested too deep"),
        ('{"a": ' + "1" * 5000 + "}", "not JSON: Exceeds the limit"),
    ],
)
def test_an_unreadable_line_says_why_and_keeps_its_text(tmp_path, text, reason):
    found = read(put(tmp_path / "rows.jsonl", f'{{"a": 1}}\n{text}\n{{"b": 1}}\n'))
    assert [row.line for row in found] == [1, 2, 3]
    assert reason in found[1].error and found[1].data == text[: 1 << 16]
    assert [found[0].data, found[2].data] == [{"a": 1}, {"b": 1}]


def test_what_follows_an_object_on_its_line_is_not_lost(tmp_path):
    found = read(put(tmp_path / "rows.jsonl", '{"b": 1}\n{"a": 1}} rest\n'))
    assert [row.data for row in found] == [{"b": 1}, {"a": 1}, "} rest"]
    assert found[2].error and found[1].notes == ("several objects on one line",)


BREAKS = {
    "a quote too many": lambda text: text.replace("word 7 ", 'word "7 '),
    "two quotes too many": lambda text: text.replace("word 7 ", 'word "7" '),
    "no bracket at its end": lambda text: text.replace('word 7 end"}', 'word 7 end"').replace(
        'word 7 end"\n', 'word 7 end" {\n'
    ),
    "a bracket too many": lambda text: text.replace('word 7 end"}', 'word 7 end"}}').replace(
        'word 7 end"\n', 'word 7 end"}\n'
    ),
    "a list not closed": lambda text: text.replace('word 7 end"', 'word 7 end", "more": [1, 2'),
    "a word": lambda text: text.replace('"word 7 end"', "word"),
    "no value": lambda text: text.replace('"word 7 end"', ""),
}


@pytest.mark.parametrize("shape", ["json", "pretty.json", "one_a_line.json", "data.json"])
@pytest.mark.parametrize("break_it", BREAKS)
@pytest.mark.parametrize("size", [1, 400])
def test_a_broken_element_costs_no_other(tmp_path, break_it, shape, size):
    """In small files, and in those of several parts."""
    rows = [{"id": i, "text": "x" * (i % 7) * size, "output": f"word {i} end"} for i in range(6 * size + 30)]
    content = BREAKS[break_it](TEXTS[shape](rows))
    assert content != TEXTS[shape](rows)
    found = read(put(tmp_path / "rows.json", content))
    good = [row.data["id"] for row in found if not row.error]
    assert len(good) >= len(rows) - 2 and {*range(len(rows))} - {*good} <= {7, 8}
    bad = [row for row in found if row.error]
    assert len(bad) == 1 and bad[0].data
    assert "pretty" not in shape or content.split("\n")[bad[0].line - 1].strip()[0] in "{}"


def test_a_quote_too_many_leaves_the_parts_small(tmp_path):
    """In a file of one line every quote after it opens what it should close: that is no reason to read on and on."""
    rows = [{"id": i, "text": f"word {i} end" + "x" * 2000} for i in range(6000)]
    path = put(tmp_path / "rows.json", json.dumps(rows).replace("word 7 ", 'word "7 '))
    assert sum(bool(row.error) for row in read(path)) == 1
    sizes = [part.text.end - part.text.start for part in Files(path).parts()]
    assert len(sizes) > 4 and max(sizes) <= 2 * BLOCK


def test_commas_too_many_or_too_few_between_elements(tmp_path):
    assert data(read(put(tmp_path / "a.json", '[{"a": 1} {"a": 2},,{"a": 3},]'))) == [
        {"a": 1},
        {"a": 2},
        {"a": 3},
    ]


@pytest.mark.parametrize(
    ("text", "good", "reason"),
    [
        ('[{"a": 1},\n{"a": 2},\n{"a": "cut', 2, "the file ends inside this value"),
        ('[{"a": 1},\n{"a": 2}', 2, "the list has no end"),
        ('[{"a": 1},\n{"a": 2},\n', 2, "the list has no end"),
        ('[{"a": 1}]\n{"a": 2}', 1, "the list ends on line 1, and this follows"),
        ('{"data": [{"a": 1},\n{"a": 2},{"a"', 2, "the file ends inside this value"),
        ('{"version": 1, "examples": [{"a": 1},\n{"a": 2},{"a"', 2, "the file ends inside this value"),
        ('{"version": 1,\n "name": "cut', 0, "the file ends inside this value"),
        ('{"a": {"b": 1,\n "name": 2}, }', 0, "not JSON"),
    ],
)
def test_a_list_that_does_not_end_as_it_should(tmp_path, text, good, reason):
    found = read(put(tmp_path / "rows.json", text), kind="json")
    assert [row.data for row in found[:-1]] == [{"a": 1}, {"a": 2}][:good]
    assert reason in found[-1].error


def test_one_object_is_one_row_or_holds_rows(tmp_path):
    task = {
        "Definition": ["Do."],
        "Positive Examples": [{"input": "1"}],
        "Instances": [{"input": "2", "output": ["3"]}],
    }
    thread = {"conversations": [{"from": "human", "value": "Hi"}]}
    two = {"train": [{"a": 1}], "test": [{"a": 2}]}
    for row in (
        task,
        thread,
        two,
        {"data": ["Hi", "Hello"]},
        {"a": 1},
        {"a": ["x"], "b": ["y", "z"]},
        {"a": {"data": [{}]}},
    ):
        for indent in (None, 2):
            assert data(read(put(tmp_path / "row.json", json.dumps(row, indent=indent)))) == [row]
    path = put(tmp_path / "row.json", json.dumps(two))
    assert data(read(path, field="test")) == [{"a": 2}]
    with pytest.raises(pp.PitchpipeError, match=r"no list under 'tset'\. Did you mean 'test'?"):
        read(path, field="tset")
    assert data(read(put(tmp_path / "rows.json", '{"rows": [{"a": 1}], "x": [{"a": 2}]}'))) == [{"a": 1}]
    with pytest.raises(pp.PitchpipeError, match="leave out field"):
        read(put(tmp_path / "rows.jsonl", as_lines(ROWS)), field="data")


def test_of_several_objects_each_is_a_row(tmp_path):
    for row in ({"a": ["x"], "b": ["y"]}, {"version": 1, "examples": [{"a": 1}]}):
        for indent in (None, 1):
            path = put(tmp_path / "rows.json", (json.dumps(row, indent=indent) + "\n") * 2)
            assert data(read(path)) == data(read(path, kind="json")) == [row, row]


def test_columns_are_rows(tmp_path):
    path = put(tmp_path / "rows.json", '{"a": ["x", NaN, ["l"]],\n "b": [1,\n2,\n3]}')
    found = read(path)
    assert data(found) == [{"a": "x", "b": 1}, {"a": None, "b": 2}, {"a": ["l"], "b": 3}]
    assert found[1].notes == ("NaN read as null",)


def test_a_row_that_is_too_long_is_passed_over(tmp_path):
    rows = [{"a": 1}, {"a": "y" * (5 * BLOCK)}, {"a": 3}, {"a": "z" * 3000}, {"a": 5}]
    for kind, packing in [
        ("jsonl", ""),
        ("jsonl", ".gz"),
        ("json", ""),
        ("json", ".gz"),
        ("pretty.json", ""),
    ]:
        path = put(tmp_path / f"rows.{kind}{packing}", PACK[packing](TEXTS[kind](rows).encode()))
        assert data(read(path)) == rows
        found = read(path, max_bytes=2 * BLOCK)
        bad = [row for row in found if row.error]
        assert len(bad) == 1 and "raise max_bytes" in bad[0].error and len(bad[0].data) <= 1 << 16
        assert [row.data for row in found if not row.error][-3:] == rows[2:]
    found = read(put(tmp_path / "rows.jsonl", as_lines(rows)), max_bytes=1024)
    assert [bool(row.error) for row in found] == [False, True, False, True, False]
    assert [row.line for row in found] == [1, 2, 3, 4, 5]


# --- Tables, text -------------------------------------------------------------------------------


def test_a_table_row_that_does_not_fit(tmp_path):
    found = read(put(tmp_path / "rows.csv", 'a,b\r\n1,"two\r\nlines"\r\n\r\n1\r\n1,2,3\r\n"x",""\r\n'))
    assert [(row.line, row.data) for row in found] == [
        (2, {"a": "1", "b": "two\r\nlines"}),
        (5, ["1"]),
        (6, ["1", "2", "3"]),
        (7, {"a": "x", "b": ""}),
    ]
    assert [row.error for row in found] == [
        "",
        "1 cells where the header has 2",
        "3 cells where the header has 2",
        "",
    ]


def test_a_quote_that_is_never_closed(tmp_path):
    found = read(put(tmp_path / "rows.csv", 'a,b\n1,2\n3,"4\n5,6\n'))
    assert found[0].data == {"a": "1", "b": "2"} and "line 3 is never closed" in found[1].error


def test_cells_are_text_of_any_size_and_mended(tmp_path):
    found = read(put(tmp_path / "rows.csv", b"a,b\n01,\xff\n" + b"x" * 300_000 + b",\n"))
    assert data(found) == [{"a": "01", "b": "\ufffd"}, {"a": "x" * 300_000, "b": ""}]
    assert [row.notes for row in found] == [("invalid UTF-8 replaced",), ()]
    found = read(tmp_path / "rows.csv", max_bytes=100_000)
    assert "raise max_bytes" in found[1].error


def test_two_columns_of_one_name(tmp_path):
    with pytest.raises(pp.PitchpipeError, match="two columns 'a'"):
        read(put(tmp_path / "rows.csv", "a,a\n1,2\n"))


def test_text_is_a_row_a_line(tmp_path):
    found = read(put(tmp_path / "rows.txt", b"one\r\n\n  two\n[3] \xff"))
    assert [(row.line, row.data["text"]) for row in found] == [(1, "one"), (3, "  two"), (4, "[3] \ufffd")]
    assert found[2].notes == ("invalid UTF-8 replaced",)


# --- Parquet and Arrow --------------------------------------------------------------------------


def test_parquet_and_arrow(tmp_path):
    rows = [{"i": i, "turns": [{"from": "human", "value": "é" * i}], "none": None} for i in range(2500)]
    table = pa.Table.from_pylist(rows)
    parquet.write_table(table, tmp_path / "rows.parquet", row_group_size=1100)
    with pa.ipc.new_file(tmp_path / "file.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=700)
    with pa.ipc.new_stream(tmp_path / "stream.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=10)
    for path, parts in (("rows.parquet", 3), ("file.arrow", 4), ("stream.arrow", 63)):
        found = read(tmp_path / path)
        assert data(found) == rows and [row.line for row in found] == [*range(1, 2501)]
        assert len(list(Files(tmp_path / path).parts())) == parts


def test_broken_parquet_and_arrow_say_so(tmp_path):
    table = pa.table({"i": list(range(5000)), "t": [str(i) * 9 for i in range(5000)]})
    parquet.write_table(table, tmp_path / "rows.parquet")
    whole = (tmp_path / "rows.parquet").read_bytes()
    assert "not Parquet" in read(put(tmp_path / "rows.parquet", whole[:-100]))[0].error
    damaged = read(put(tmp_path / "rows.parquet", whole[:5000] + b"?" * 9000 + whole[14000:]))
    assert damaged[-1].error
    with pa.ipc.new_stream(tmp_path / "s.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=1000)
    whole = (tmp_path / "s.arrow").read_bytes()
    found = read(put(tmp_path / "s.arrow", whole[: len(whole) // 2]))
    assert "what follows is lost" in found[-1].error and len(found) == 2001
    with pytest.raises(pp.PitchpipeError, match="unpack it first"):
        read(put(tmp_path / "s.arrow.gz", gzip.compress(whole)))


# --- Paths --------------------------------------------------------------------------------------


def test_a_path_is_a_file_a_folder_or_a_glob(tmp_path):
    folder = tmp_path / "data [1]"
    for name in (
        "b.jsonl",
        "a[2].jsonl",
        "deep/c.json.gz",
        "README.md",
        "notes.txt",
        ".hidden/x.jsonl",
        "state.json",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        put(folder / name, b"" if "state" in name else as_lines([{"n": name}]))
    names = lambda path, **options: [file.name for file in Files(path, **options).inputs()]  # noqa: E731
    assert names(folder) == ["a[2].jsonl", "b.jsonl", "c.json.gz"]
    assert names(folder, kind="text") == ["a[2].jsonl", "b.jsonl", "c.json.gz", "notes.txt"]
    assert names(folder / "*.jsonl") == ["a[2].jsonl", "b.jsonl"]
    assert names(folder / "**" / "*.json*") == ["a[2].jsonl", "b.jsonl", "c.json.gz", "state.json"]
    assert names(folder / "a[2].jsonl") == ["a[2].jsonl"]
    with pytest.raises(ValueError, match=r"no file .*Did you mean 'b.jsonl'"):
        Files(folder / "bb.jsonl")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no data files in"):
        Files(tmp_path / "empty")
    with pytest.raises(ValueError, match="zip archive"):
        Files(put(tmp_path / "rows.zip", b"PK\x03\x04..."))


def test_what_is_not_installed_is_named_with_its_cure(tmp_path, monkeypatch):
    packed = put(tmp_path / "rows.jsonl.zst", PACK[".zst"](b"{}"))
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "rows.parquet")
    monkeypatch.setattr("pitchpipe_plugins.loaders.opening.find_spec", lambda name: None)
    for path in (packed, tmp_path / "rows.parquet"):
        with pytest.raises(ValueError, match=r"pip install 'pitchpipe\[data\]'"):
            Files(path)


# --- Nothing crashes ----------------------------------------------------------------------------

pieces = st.sampled_from(
    [b'{"a": 1}', b'{"data": [', b"[", b"]", b"{", b"}", b'"', b"\\", b",", b"\n", b"\r", b":", b"NaN", b'"\\ud800"', b"\xff", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"1", b" ", b'{"a": "b"},\n', b"a,b\n", b'"a', b"1e999"]
)  # fmt: skip
junk = st.binary(max_size=60) | st.lists(pieces, max_size=14).map(b"".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=junk, kind=st.sampled_from(["jsonl", "json", "csv", "tsv", "text", None]))
def test_no_bytes_crash_a_reader(tmp_path, content, kind):
    path = put(tmp_path / "junk.jsonl", content)
    if content.startswith(b"PK\x03\x04"):
        return
    try:
        rows = read(path, kind=kind)
    except pp.PitchpipeError:
        return
    assert all(isinstance(row, pp.Row) and (row.error or row.data is not ...) for row in rows)
    for row in rows:
        json.dumps(row.data, ensure_ascii=False).encode()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40))
def test_no_line_is_lost(line):
    assert mended(line, "", 1) or not line.decode(errors="replace").strip(" \t\r\n\ufeff")


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(values, min_size=1, max_size=6), indent=st.sampled_from([None, 0, 3]), small=st.booleans()
)
def test_any_list_of_values_is_read_as_it_was_written(
    tmp_path,
    rows,
    indent,
    small,
):
    """Also when it is cut after every few bytes."""
    path = put(tmp_path / "rows.json", json.dumps(rows, indent=indent, ensure_ascii=False))
    from pitchpipe_plugins.loaders import compression, json_list

    with pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(json_list, "BLOCK", 16)
            patch.setattr("pitchpipe_plugins.loaders.opening.BLOCK", 8)
        assert compression.BLOCK == BLOCK
        assert data(read(path, kind="json")) == rows


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(place=0.5, byte=b"0", keep=False, shape="pretty.json", small=False)
@given(
    place=st.floats(0, 0.999),
    byte=st.binary(max_size=1),
    keep=st.booleans(),
    shape=st.sampled_from(["json", "pretty.json", "data.json", "jsonl"]),
    small=st.booleans(),
)
def test_one_wrong_byte_never_costs_a_row_in_silence(tmp_path, place, byte, keep, shape, small):
    rows = [
        {"id": i, "turns": [{"from": "human", "value": f'"{i}", \n{{[ '}] * (i % 3), "end": None}
        for i in range(12)
    ]
    content = TEXTS[shape](rows).encode()
    at = int(place * len(content))
    path = put(tmp_path / "rows.json", content[:at] + byte + content[at + (not keep) :])
    from pitchpipe_plugins.loaders import json_list

    with pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(json_list, "BLOCK", 64)
            patch.setattr("pitchpipe_plugins.loaders.opening.BLOCK", 40)
        try:
            found = read(path)
        except pp.PitchpipeError:
            assert at < 3  # it looks like no JSON at all
            return
    good = [row.data for row in found if not row.error]
    notes = [note for row in found for note in row.notes]
    if not any(row.error for row in found) and "data" not in shape:
        objects = [
            row for row in good if isinstance(row, dict)
        ]  # a number between two rows is one of its own
        assert len(objects) == len(rows) or notes
    assert sum(row in good for row in rows) >= len(rows) - 3 or small or at < 3 or "data" in shape


# --- Standard input, Hugging Face ---------------------------------------------------------------


@pytest.mark.parametrize("content", [as_lines(ROWS).encode(), gzip.compress(json.dumps(ROWS).encode())])
def test_standard_input_is_read_like_a_file(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    loader = Stdin()
    assert [row.data for row in loader()] == ROWS
    again = [row for part in loader.parts() for row in pickle.loads(pickle.dumps(part)).rows()]
    assert [(row.data, row.file) for row in again] == [(row, "stdin") for row in ROWS]
    assert not hasattr(loader, "inputs")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """Data sets as folders: saved, saved with its splits, and laid out as on the hub."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("home")))
        import datasets

        root = tmp_path_factory.mktemp("hub")
        patch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", root / "cache")
        rows = datasets.Dataset.from_list([{"i": i, "text": f"row {i}"} for i in range(2500)])
        rows.save_to_disk(root / "saved")
        datasets.DatasetDict(train=rows, test=rows.select(range(10))).save_to_disk(root / "splits")
        (root / "layout" / "data").mkdir(parents=True)
        rows.to_parquet(root / "layout" / "data" / "train-00000.parquet")
        rows.select(range(5)).to_parquet(root / "layout" / "data" / "test-00000.parquet")
        yield root


def hugging(**options) -> list[pp.Row]:
    loader = HuggingFace(**options)
    rows = [row for part in loader.parts() for row in pickle.loads(pickle.dumps(part)).rows()]
    assert rows == list(loader())
    return rows


@pytest.mark.parametrize("name", ["saved", "splits", "layout"])
def test_a_data_set_from_a_folder(hub, name):
    rows = hugging(folder=hub / name)
    assert [row.data["i"] for row in rows] == [*range(2500)]
    assert (rows[9].line, rows[9].file, rows[9].data["text"]) == (10, str(hub / name), "row 9")
    assert [row.data["i"] for row in hugging(folder=hub / name, split="train[10:12]")] == [10, 11]
    assert len(hugging(folder=hub / name, split="train[:10%]")) == 250
    assert HuggingFace(folder=hub / name).inputs() == sorted(
        p for p in (hub / name).rglob("*") if p.is_file()
    )


def test_streaming_gives_the_same_rows(hub):
    assert hugging(folder=hub / "layout", streaming=True) == hugging(folder=hub / "layout")
    assert len(hugging(folder=hub / "layout", split="test", streaming=True)) == 5
    with pytest.raises(pp.PitchpipeError, match="streaming reads whole splits"):
        hugging(folder=hub / "layout", split="train[:3]", streaming=True)


@pytest.mark.parametrize("name", ["splits", "layout"])
def test_a_split_that_is_not_there(hub, name):
    with pytest.raises(pp.PitchpipeError, match=r"Unknown split \"tset\".*train.*test"):
        hugging(folder=hub / name, split="tset")


def test_a_data_set_that_is_not_there(hub):
    with pytest.raises(pp.PitchpipeError, match=r"'nobody/nothing' cannot be loaded.*network"):
        hugging(name="nobody/nothing")
    with pytest.raises(pp.PitchpipeError, match=r"'sub' not found\. Available"):
        hugging(folder=hub / "layout", subset="sub")
    with pytest.raises(ValueError, match="no folder"):
        HuggingFace(folder=hub / "nothing")
    with pytest.raises(ValueError, match="say either"):
        HuggingFace()
    with pytest.raises(ValueError, match="neither"):
        HuggingFace(folder=hub / "saved", streaming=True)


def test_only_what_cannot_change_is_compared(hub):
    assert not hasattr(HuggingFace(name="someone/something"), "inputs")
    assert not hasattr(HuggingFace(name="someone/something", revision="main"), "inputs")
    assert HuggingFace(name="someone/something", revision="0123456789" * 4).inputs() == []


def test_images_are_left_out_with_a_note(hub):
    import datasets

    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "seen": datasets.List(datasets.Image()),
            "at": datasets.Value("timestamp[s]"),
        }
    )
    table = pa.Table.from_pylist(
        [{"text": "a", "seen": [{"bytes": b"?", "path": None}], "at": 0}], features.arrow_schema
    )
    rows = datasets.Dataset(datasets.table.InMemoryTable(table))
    assert rows.features == features
    rows.save_to_disk(hub / "images")
    [row] = hugging(folder=hub / "images")
    assert set(row.data) == {"text", "at"} and row.notes == (
        "column of images, audio or video left out: seen",
    )
