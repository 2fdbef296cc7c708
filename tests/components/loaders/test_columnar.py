"""Parquet and Arrow, whole and broken."""

import gzip

import pyarrow as pa
import pytest
from pyarrow import parquet

import pitchpipe as pp
from pitchpipe_components.loaders import Files
from tests.components.loaders.kinds import data, put, read


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


@pytest.mark.parametrize("first", ["label", "score", "text"])
@pytest.mark.parametrize("kind", ["file", "stream", "parquet"])
def test_numbers_full_of_zeros_are_not_taken_for_utf_16(tmp_path, kind, first):
    """Two bytes a number, the upper one zero: the beginning of such a file looks like UTF-16, column by column."""
    columns = {
        "label": pa.array([1 + i % 99 for i in range(4000)], pa.int16()),
        "score": pa.array([1.0] * 4000, pa.float16()),
        "text": pa.array([f"row {i}" for i in range(4000)]),
    }
    table = pa.table({name: columns[name] for name in sorted(columns, key=lambda name: name != first)})
    path = tmp_path / "rows"
    if kind == "parquet":
        parquet.write_table(table, path, compression="none", use_dictionary=False)
    else:
        with (pa.ipc.new_file if kind == "file" else pa.ipc.new_stream)(path, table.schema) as file:
            file.write_table(table)
    found = data(read(path))
    assert len(found) == 4000 and found[7]["text"] == "row 7" and found[7]["label"] == 8
