"""No bytes crash a reader, and no wrong byte costs a row in silence."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe_components.files.json_values import mended
from tests.components.loaders.kinds import TEXTS, put, read

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


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(place=0.5, byte=b"0", keep=False, shape="pretty.json", small=False)
@example(place=0.005859375, byte=b"", keep=False, shape="json", small=False)  # the first key has no quote
@example(place=0.0051, byte=b"\\", keep=True, shape="json", small=False)
@example(place=0.002, byte=b"0", keep=True, shape="pretty.json", small=False)  # a number before the first row
@example(place=0.0396, byte=b"]", keep=False, shape="json", small=False)  # `]` where a row should begin
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
    from pitchpipe_components.files import json_list

    with pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(json_list, "BLOCK", 64)
            patch.setattr("pitchpipe_components.files.opening.BLOCK", 40)
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
