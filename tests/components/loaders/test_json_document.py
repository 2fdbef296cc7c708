"""One object is one row, holds rows, or holds columns."""

import json

import pytest

import pitchpipe as pp
from tests.components.loaders.kinds import ROWS, as_lines, data, put, read


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
        {"first": [{"a": 1}], "second": [{"a": 2}]},
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
