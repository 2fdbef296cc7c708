"""The content of a file decides its kind, not its name."""

import json

import pytest

import pitchpipe as pp
from tests.components.loaders.kinds import PACK, ROWS, as_lines, data, put, read


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
