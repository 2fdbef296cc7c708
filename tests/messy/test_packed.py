"""Files that are packed, misnamed, cut off or followed by others."""

import bz2
import gzip
import json
import lzma
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pitchpipe import PitchpipeError
from tests.messy.expected import EXPECTED
from tests.messy.prepared import COUNTS, NASTY, Prepared, assert_sound, is_as_expected

UNPACKED = ["array.json", "same_role_twice.jsonl", "quoted_newlines.csv", "truncated.jsonl", "columns.json"]
Packing = Callable[[bytes], bytes]


def zstandard(text: bytes) -> bytes:
    import zstandard

    return zstandard.compress(text)


def in_two(packing: Packing) -> Packing:
    """Two streams in one file, cut in the middle of a row."""
    return lambda text: packing(text[: len(text) // 2]) + packing(text[len(text) // 2 :])


def encoded(encoding: str, mark: bytes = b"") -> Packing:
    return lambda text: mark + text.decode().encode(encoding)


PACKINGS: dict[str, Packing] = {
    "gzip": gzip.compress,
    "zstd": zstandard,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "gzip in two": in_two(gzip.compress),
    "zstd in two": in_two(zstandard),
    "bz2 in two": in_two(bz2.compress),
    "xz in two": in_two(lzma.compress),
    "UTF-8 with a mark": encoded("utf-8", b"\xef\xbb\xbf"),
    "UTF-16 LE": encoded("utf-16-le"),
    "UTF-16 BE": encoded("utf-16-be"),
    "UTF-16 LE with a mark": encoded("utf-16-le", b"\xff\xfe"),
    "UTF-16 BE with a mark": encoded("utf-16-be", b"\xfe\xff"),
    "UTF-32 LE with a mark": encoded("utf-32-le", b"\xff\xfe\0\0"),
    "UTF-16 LE in gzip": lambda text: gzip.compress(encoded("utf-16-le", b"\xff\xfe")(text)),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_whatever_a_file_is_packed_in_its_rows_are_the_same(tmp_path: Path, packing: str) -> None:
    """Under its own name, which says nothing of how it is packed."""
    for name in UNPACKED:
        text = (NASTY / name).read_bytes()
        (tmp_path / name).write_bytes(PACKINGS[packing](text))
        done = Prepared(tmp_path, {name: ""})
        assert_sound(done)
        counts, ledger = EXPECTED[name]
        assert tuple(done.counts["nasty-1"][name] for name in COUNTS) == counts
        assert all(map(is_as_expected, done.said(), ledger)) and len(done.said()) == len(ledger)
        shutil.rmtree(done.folder)


@pytest.mark.parametrize(
    "name", ["rows.txt", "rows.parquet", "rows.gz", "rows.jsonl.zst", "rows", "rows.csv.bz2"]
)
def test_a_wrong_name_costs_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes((NASTY / "no_newline_at_end.jsonl").read_bytes())
    done = Prepared(tmp_path, {name: ""})
    assert_sound(done)
    assert done.talks() == [["Say hello.", "Hello!"], ["Say goodbye.", "Goodbye!"]] and not done.ledger


MANY = "".join(f'{{"instruction": "Say {n}.", "output": "It is {n}."}}\n' for n in range(2000)).encode()
PAIRS = [json.loads(line) for line in MANY.splitlines()]
LARGE = {
    "lines.jsonl": MANY,
    "list.json": json.dumps(PAIRS, indent=1).encode(),
    "columns.json": json.dumps({name: [row[name] for row in PAIRS] for name in PAIRS[0]}).encode(),
    "table.csv": "".join(
        f"{','.join(row.values())}\n" for row in ({"a": "instruction", "b": "output"}, *PAIRS)
    ).encode(),
}


@pytest.mark.parametrize("packing", ["gzip", "zstd", "bz2", "xz"])
@pytest.mark.parametrize("name", LARGE)
def test_a_packed_file_that_is_cut_off_says_so(tmp_path: Path, packing: str, name: str) -> None:
    whole = PACKINGS[packing](LARGE[name])
    (tmp_path / name).write_bytes(whole[: len(whole) * 3 // 4])
    done = Prepared(tmp_path, {name: "format: alpaca"})
    assert_sound(done)
    assert any("ends too early" in said for said in done.said()), done.said()
    assert done.counts["nasty-1"]["kept"] < 2000


@pytest.mark.parametrize("packing", ["gzip", "zstd", "bz2", "xz"])
@pytest.mark.parametrize("name", LARGE)
def test_what_follows_a_packed_file_is_told(tmp_path: Path, packing: str, name: str) -> None:
    (tmp_path / name).write_bytes(PACKINGS[packing](LARGE[name]) + b"This is no stream of the kind.")
    done = Prepared(tmp_path, {name: ""})
    assert_sound(done)
    assert done.counts["nasty-1"]["kept"] == 2000
    assert [said for said in done.said() if "damaged" in said] == done.said() != []


@pytest.mark.parametrize("content", [b"PK\x03\x04 and so on", b"PAR1 and so on", b"ARROW1 and so on"])
def test_what_is_no_file_of_its_kind_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rows.jsonl").write_bytes(content)
    try:
        done = Prepared(tmp_path, {"rows.jsonl": ""})
    except PitchpipeError as error:
        assert "zip archive: unpack it" in str(error) and content.startswith(b"PK")
    else:
        assert_sound(done)
        kind = "Parquet" if content.startswith(b"PAR") else "Arrow"
        assert len(done.said()) == 1 and done.said()[0].startswith(f"1 quarantined: not {kind}: ")
