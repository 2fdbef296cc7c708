"""Large files come in parts that the data alone decides, and each row knows its line."""

import pickle

import pytest

from pitchpipe_components.files.compression import BLOCK
from pitchpipe_components.loaders import Files
from tests.components.loaders.kinds import PACK, TEXTS, as_lines, data, put, read


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
    count = 6000 if kind in ("jsonl", "csv") else 2200  # elsewhere é is written as six bytes
    rows = [{"id": str(i), "output": f'"{i}" ] }},{{ \\' + "é" * 500} for i in range(count)]
    path = put(tmp_path / f"rows.{kind}{packing}", PACK[packing](TEXTS[kind](rows).encode()))
    assert data(read(path)) == rows
    sizes = [len(pickle.dumps(part)) for part in Files(path).parts()]
    assert len(sizes) > 2
    assert max(sizes) < (1000 if not packing and kind not in ("csv", "columns.json") else 3 * BLOCK)


@pytest.mark.parametrize(
    "kind",
    ["jsonl", "pretty.json", "one_a_line.json", "concatenated.json", "columns.json", "csv"],
)
def test_a_row_knows_its_line(tmp_path, kind):
    rows = [{"id": f"#{i}#", "output": "long " * 60 + "\n"} for i in range(14000)]
    content = TEXTS[kind](rows)
    lines = content.split("\n")
    for row in data_rows(read(put(tmp_path / f"rows.{kind}", content)))[::697]:
        assert any(f"#{row.data['id'].strip('#')}#" in line for line in lines[row.line - 1 : row.line + 1]), (
            row.line
        )


def data_rows(rows):
    assert not any(row.error for row in rows)
    return rows


def test_a_row_that_is_too_long_is_passed_over(tmp_path):
    rows = [{"a": 1}, {"a": "y" * (3 * BLOCK)}, {"a": 3}, {"a": "z" * 3000}, {"a": 5}]
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
