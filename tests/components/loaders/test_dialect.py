"""Tables as different programs write them."""

import pytest

from pitchpipe_components.files.compression import BLOCK
from tests.components.loaders.kinds import data, put, read

PAIR = [{"instruction": 'Say "hi", please', "output": "Hi;\nbye"}, {"instruction": "b", "output": "c"}]
TABLES = {
    "Excel with semicolons, which states them": 'sep=;\r\ninstruction;output\r\n"Say ""hi"", please";"Hi;\nbye"\r\nb;c\r\n',
    "a mark of the byte order": '\ufeffinstruction,output\r\n"Say ""hi"", please","Hi;\nbye"\r\nb,c\r\n',
    "a backslash before quotes": 'instruction,output\n"Say \\"hi\\", please","Hi;\nbye"\nb,c\n',
    "spaces behind commas": 'instruction, output\n"Say ""hi"", please", "Hi;\nbye"\nb, c\n',
    "everything quoted": '"instruction"\t"output"\n"Say ""hi"", please"\t"Hi;\nbye"\n"b"\t"c"\n',
}  # fmt: skip


@pytest.mark.parametrize("maker", TABLES)
def test_tables_of_many_makers(tmp_path, maker):
    assert data(read(put(tmp_path / "rows.csv", TABLES[maker]))) == PAIR


def test_lines_that_end_as_on_old_macintoshes(tmp_path):
    found = read(put(tmp_path / "rows.csv", "instruction,output\ra,b\rc,d\r"))
    assert data(found) == [{"instruction": "a", "output": "b"}, {"instruction": "c", "output": "d"}]
    assert [row.line for row in found] == [2, 3]


def test_a_line_above_the_header_counts(tmp_path):
    found = read(put(tmp_path / "rows.csv", "sep=,\na,b\n1,2\n1\n"))
    assert [(row.line, bool(row.error)) for row in found] == [(3, False), (4, True)]


@pytest.mark.parametrize("name", ["rows.tsv", "rows.csv"])
def test_a_quote_in_a_table_of_tabs_may_be_a_quote(tmp_path, name):
    """It neither joins the rows up to the next quote, nor goes away."""
    table = 'a\tb\n1\t"so he said\n2\tand "left" then\n3\t"all" of it\n4\tx\n'
    found = read(put(tmp_path / name, table))
    assert [row["b"] for row in data(found)] == ['"so he said', 'and "left" then', '"all" of it', "x"]
    assert [row.line for row in found] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ('a,b\n"C:\\data\\","x"\n', ["C:\\data\\", "x"]),  # a backslash that ends a cell
        ('a,b\nsay \\"hi\\",x\n', ['say \\"hi\\"', "x"]),  # in a cell without quotes around
        ('a,b\n"a ""\\"" in quotes",x\n', ['a "\\" in quotes', "x"]),
        ('a\tb\n"one\ntwo"\t"x"\n', ["one\ntwo", "x"]),
    ],
)
def test_what_is_written_as_usual_is_read_as_usual(tmp_path, table, cells):
    assert [list(row.values()) for row in data(read(put(tmp_path / "rows.csv", table)))] == [cells]


def test_a_large_table_that_its_beginning_cuts_inside_a_cell(tmp_path):
    rows = [f'{n},"line\nof ""{n}"" \\ {"x" * 500}"\n' for n in range(2 * BLOCK // 500)]
    found = data(read(put(tmp_path / "rows.csv", "n,text\n" + "".join(rows))))
    assert len(found) == len(rows) and found[-1]["text"].startswith(f'line\nof "{len(rows) - 1}" \\ x')


def test_columns_without_a_name_are_named_by_their_number(tmp_path):
    [row] = data(read(put(tmp_path / "rows.csv", ",instruction,,\n0,a,,\n")))
    assert row == {"column 1": "0", "instruction": "a", "column 3": "", "column 4": ""}
