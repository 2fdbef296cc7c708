"""Every kind of file is read in every compression and encoding."""

import pyarrow as pa
import pytest
from pyarrow import parquet

from pitchpipe_components.loaders import Files
from tests.components.loaders.kinds import PACK, ROWS, TEXTS, as_lines, data, put, read


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("kind", TEXTS)
def test_every_kind_in_every_compression(tmp_path, kind, packing):
    content = PACK[packing](TEXTS[kind](ROWS).encode())
    assert data(read(put(tmp_path / f"rows.{kind}{packing}", content))) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("kind", TEXTS)
def test_every_kind_in_every_encoding_that_is_recognised(tmp_path, kind, encoding):
    rows = [*ROWS[1:], ROWS[0]]
    for packing in ("", ".gz"):
        path = put(tmp_path / f"rows.{kind}{packing}", PACK[packing](TEXTS[kind](rows).encode(encoding)))
        assert data(read(path)) == rows


@pytest.mark.parametrize("encoding", ["gb18030", "latin-1"])
def test_other_encodings_are_stated(tmp_path, encoding):
    rows = [{"instruction": "é", "output": "ü"}]
    path = put(tmp_path / "rows.jsonl", as_lines(rows).encode(encoding))
    assert data(read(path, encoding=encoding)) == rows
    assert read(path)[0].notes == ("invalid UTF-8 replaced",)
    with pytest.raises(ValueError, match="no encoding 'utf-9'"):
        Files(path, encoding="utf-9")


def test_what_is_not_installed_is_named_with_its_cure(tmp_path, monkeypatch):
    packed = put(tmp_path / "rows.jsonl.zst", PACK[".zst"](b"{}"))
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "rows.parquet")
    monkeypatch.setattr("pitchpipe_components.files.opening.find_spec", lambda name: None)
    for path in (packed, tmp_path / "rows.parquet"):
        with pytest.raises(ValueError, match=r"pip install 'pitchpipe\[data\]'"):
            Files(path)
