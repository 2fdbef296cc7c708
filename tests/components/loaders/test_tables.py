"""Tables: rows that do not fit their header, quotes that stay open, cells of any size."""

import pytest

import pitchpipe as pp
from tests.components.loaders.kinds import data, put, read


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
