"""A row whose line holds other rows too is known by its number."""

import json

import pytest

from pitchpipe_components.files.compression import BLOCK
from tests.components.loaders.kinds import TEXTS, put, read

ROWS = [{"id": i, "output": f"Answer {i}. " * 30} for i in range(9000)]
ON_ONE_LINE = {
    "list": json.dumps,
    "list in an object": lambda rows: json.dumps({"version": 1, "data": rows}),
    "columns": lambda rows: json.dumps({key: [row[key] for row in rows] for key in rows[0]}),
    "objects side by side": lambda rows: "".join(map(json.dumps, rows)),
    "ten a line": lambda rows: "[" + "".join(json.dumps(r) + ("," if r["id"] % 10 else ",\n") for r in rows)[:-1] + "]",
}  # fmt: skip


@pytest.mark.parametrize("shape", ON_ONE_LINE)
@pytest.mark.parametrize("count", [2, 9000])
def test_rows_that_share_a_line_are_known_by_number(tmp_path, shape, count):
    found = read(put(tmp_path / "rows.json", ON_ONE_LINE[shape](ROWS[:count])), kind="json")
    assert [row.data for row in found] == ROWS[:count]
    assert [row.line for row in found] == [*range(1, count + 1)] or shape == "ten a line"
    assert len({row.line for row in found}) == count
    assert not any(row.error or row.notes for row in found)


@pytest.mark.parametrize("shape", ["pretty.json", "one_a_line.json", "concatenated.json"])
def test_rows_on_lines_of_their_own_are_known_by_line(tmp_path, shape):
    content = TEXTS[shape](ROWS)
    found = read(put(tmp_path / "rows.json", content))
    begins = [n for n, line in enumerate(content.split("\n"), 1) if line.lstrip(" [").startswith("{")]
    assert [row.line for row in found] == begins


@pytest.mark.parametrize(
    "broken", ['{"id": 7, "output": "a "quote" too many"}', '{"id": NaN}', '{"id": 1, "a": [}', "word"]
)
def test_broken_rows_have_numbers_too(tmp_path, broken):
    """In the middle of a file of several parts, what is broken, lost or mended shifts no number behind it."""
    texts = [json.dumps(row) for row in ROWS]
    texts[5000] = broken
    found = read(put(tmp_path / "rows.json", "[" + ", ".join(texts) + "]"))
    assert [row.line for row in found] == [*range(1, len(found) + 1)] and len(found) == len(ROWS)
    assert all(row.data == ROWS[row.line - 1] for row in found if row.line != 5001)
    assert found[5000].error or found[5000].notes


@pytest.mark.parametrize("place", [0, 1, 4])
def test_a_row_that_is_too_long_has_a_number(tmp_path, place):
    rows = ROWS[:5]
    rows[place] = {"id": -1, "output": "y" * (3 * BLOCK)}
    found = read(put(tmp_path / "rows.json", json.dumps(rows)), max_bytes=2 * BLOCK)
    assert [row.data for row in found if not row.error] == rows[:place] + rows[place + 1 :]
    assert len({row.line for row in found}) == 5
    assert [row.line for row in found if row.error] == [place + 1]


def test_rows_larger_than_a_block_have_numbers(tmp_path):
    rows = [{"id": i, "output": "y" * (BLOCK + 9)} for i in range(4)]
    assert [row.line for row in read(put(tmp_path / "rows.json", json.dumps(rows)))] == [1, 2, 3, 4]


def test_why_finds_the_row_by_its_number(project):
    rows = [{"instruction": f"Say hello {n} times.", "output": "Hello! " * n} for n in range(1, 31)]
    here = project(
        {
            "recipe.yaml": "loaders:\n  - files: {path: rows.json}\nfilters:\n  - length: {min_reply_chars: 30}\n",
            "rows.json": json.dumps([*rows[:20], "no row", *rows[20:]]),
        }
    )
    here.run("prepare", "recipe.yaml").assert_success()
    told = here.run("why", "runs/recipe", "rows.json:3")
    assert told.out.count("rows.json:") == 1 and "Say hello 3 times" in told.out and "dropped" in told.out
    assert "a row is an object, not str" in here.run("why", "runs/recipe", "rows.json:21").out
    assert "Say hello 21 times" in here.run("why", "runs/recipe", "rows.json:22").out
    assert [line["line"] for line in here.rows("runs/recipe/ledger.jsonl")] == [1, 2, 3, 4, 21]
