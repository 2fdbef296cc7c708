"""JSON objects that hold rows under keys, as columns of pandas, or as splits."""

import json

import pytest

import pitchpipe as pp
from pitchpipe_components.loaders import Files
from tests.components.loaders.kinds import data, put, read

ROWS = [{"instruction": f"Say {i}.", "output": f"It is {i}."} for i in range(2500)]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(("key", "count"), [("row-{}", 3), ("{}", 2), ("row-{}", 2500), ("{}", 2500)])
def test_rows_under_keys_are_rows(tmp_path, key, count, indent):
    content = json.dumps({key.format(i): row for i, row in enumerate(ROWS[:count])}, indent=indent)
    found = read(put(tmp_path / "rows.json", content))
    assert data(found) == [{"id": key.format(i), **row} for i, row in enumerate(ROWS[:count])]
    lines = content.split("\n")
    wanted = [n for n, line in enumerate(lines, 1) if line.endswith(": {")] if indent else range(1, count + 1)
    assert [row.line for row in found] == [*wanted]
    assert len(list(Files(tmp_path / "rows.json").parts())) == -(-count // 1000)


def test_an_id_of_its_own_stays(tmp_path):
    rows = {str(i): {"id": f"x{i}", "text": "a"} for i in range(3)}
    assert data(read(put(tmp_path / "rows.json", json.dumps(rows)))) == list(rows.values())


@pytest.mark.parametrize(
    "row",
    [
        {"question": {"text": "a", "language": "en"}, "answer": {"text": "b", "language": "en"}},
        {"chosen": {"text": "a", "by": "x"}, "rejected": {"text": "b", "by": "y"}, "prompt": {"text": "c", "by": "z"}},
        {"meta": {"a": 1, "b": 2}, "other": {"c": 1, "d": 2}, "text": {"e": 1, "f": 2}},
        {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 2}, "c": "text"},
        {"prompt": {"text": "a", "replies": [{"text": "b"}]}},
        {"a": {}, "b": {}, "c": {}},
        {},
    ],
)  # fmt: skip
def test_an_object_that_is_one_row_stays_one(tmp_path, row):
    for indent in (None, 1):
        assert data(read(put(tmp_path / "rows.json", json.dumps(row, indent=indent)))) == [row]


@pytest.mark.parametrize("indent", [None, 2])
def test_columns_as_pandas_writes_them(tmp_path, indent):
    columns = {key: {str(i): row[key] for i, row in enumerate(ROWS)} for key in ROWS[0]}
    found = read(put(tmp_path / "rows.json", json.dumps(columns, indent=indent)))
    assert data(found) == ROWS and len({row.line for row in found}) == len(ROWS)


@pytest.mark.parametrize("cut", [0.5, 0.999])
def test_rows_under_keys_that_break_off(tmp_path, cut):
    content = json.dumps({f"row-{i}": row for i, row in enumerate(ROWS)})
    found = read(put(tmp_path / "rows.json", content[: int(len(content) * cut)]))
    assert len(found) > len(ROWS) * cut - 3 and "what follows is lost" in found[-1].error
    assert [row.error for row in found[:-1]] == [""] * (len(found) - 1)
    assert len({row.line for row in found}) == len(found)


def test_what_is_mended_in_a_row_under_a_key_is_noted(tmp_path):
    content = '{"a": {"text": NaN, "n": 1}, "b": {"text": "x", "n": 2}, "c": {"text": "y", "n": 3,}}'
    found = read(put(tmp_path / "rows.json", content))
    assert [row.notes for row in found] == [("NaN read as null",), (), ()]
    assert found[2].error and [row.line for row in found] == [1, 2, 3]


def test_splits_side_by_side_are_told_apart_by_the_user(tmp_path):
    path = put(tmp_path / "rows.json", json.dumps({"version": 1, "train": ROWS[:3], "test": ROWS[3:5]}))
    with pytest.raises(pp.PitchpipeError, match=r"under 'train' and 'test'\. Name one: field: train"):
        read(path)
    assert data(read(path, field="test")) == ROWS[3:5]
