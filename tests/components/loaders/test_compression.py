"""Packed files that are empty, joined, cut off or damaged."""

import gzip

import pytest

import pitchpipe as pp
from tests.components.loaders.kinds import PACK, ROWS, TEXTS, as_lines, data, put, read


@pytest.mark.parametrize("packing", PACK)
def test_an_empty_file_has_no_rows(tmp_path, packing):
    for name, content in (
        ("a.jsonl", b""),
        ("b.csv", b"\xef\xbb\xbf"),
        ("c.json", b" \n\n"),
        ("d.json", b"[]"),
        ("e.json", b'{"data": []}'),
    ):
        assert read(put(tmp_path / f"{name}{packing}", PACK[packing](content))) in (
            [],
            [pp.Row({"data": []}, str(tmp_path / f"{name}{packing}"), 1)],
        )
    assert read(put(tmp_path / f"d.json{packing}", PACK[packing](b"[ ]\n"))) == []


def test_several_streams_one_after_another_are_one_file(tmp_path):
    halves = [as_lines(ROWS).encode()[:77], as_lines(ROWS).encode()[77:]]
    for packing in list(PACK)[1:]:
        content = b"".join(map(PACK[packing], halves)) + (b"\0" * 512 if packing == ".gz" else b"")
        assert data(read(put(tmp_path / f"rows.jsonl{packing}", content))) == ROWS


@pytest.mark.parametrize(
    ("kind", "packing"),
    [
        *((kind, ".gz") for kind in ("pretty.json", "json", "data.json", "columns.json", "csv")),
        *(("jsonl", packing) for packing in list(PACK)[1:]),
    ],
)
def test_what_is_readable_of_a_broken_file_is_read(tmp_path, kind, packing):
    import random

    chance = random.Random(1)
    rows = [{"instruction": str(i), "output": chance.randbytes(500).hex()} for i in range(2600)]
    content = PACK[packing](TEXTS[kind](rows).encode())
    cut = read(put(tmp_path / f"rows.{kind}{packing}", content[: len(content) * 3 // 4]))
    assert cut[-1].error and "ends too early" in cut[-1].error
    assert "columns" in kind or len(cut) > 1000
    assert [row.data for row in cut[:-1] if not row.error] == rows[: len(cut) - 1] or kind == "csv"
    assert sum(bool(row.error) for row in cut) <= 2
    damaged = read(put(tmp_path / f"rows.{kind}{packing}", content[:-400] + b"?" * 10 + content[-390:]))
    assert any(row.error for row in damaged) or packing == ".zst"


@pytest.mark.parametrize("kind", TEXTS)
def test_a_wrong_checksum_is_told(tmp_path, kind):
    """All that was packed is read, but it may not be what was meant."""
    content = gzip.compress(TEXTS[kind](ROWS).encode())
    found = read(put(tmp_path / f"rows.{kind}.gz", content[:-8] + b"\0\0\0\0" + content[-4:]))
    assert [row.data for row in found if not row.error] == ROWS
    assert ["damaged" in row.error for row in found] == [False, False, False, True]
