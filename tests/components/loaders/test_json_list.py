"""Lists of JSON: rows that hold their like, rows that differ, and values that are no objects."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitchpipe_components.files.compression import BLOCK
from tests.components.loaders.kinds import TEXTS, data, put, read


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
    from pitchpipe_components.files import compression, json_list

    with pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(json_list, "BLOCK", 16)
            patch.setattr("pitchpipe_components.files.opening.BLOCK", 8)
        assert compression.BLOCK == BLOCK
        found = read(path, kind="json")
        assert data(found) == rows
        assert len({row.line for row in found}) == len(rows)  # its place tells each row from all others
