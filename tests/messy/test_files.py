"""A folder of data as it is found in the wild, one kind of mess a file: every row is mended or explained."""

import re
import shutil
from pathlib import Path

import pytest

from tests.messy.expected import EXPECTED
from tests.messy.prepared import COUNTS, NASTY, Prepared, assert_sound, is_as_expected


@pytest.mark.parametrize("case", EXPECTED)
def test_every_row_of_a_nasty_file_is_mended_or_explained(tmp_path: Path, case: str) -> None:
    name, _, options = case.partition(" ")
    counts, ledger = EXPECTED[case]
    shutil.copy(NASTY / name, tmp_path)
    done = Prepared(tmp_path, {name: options})
    assert_sound(done)
    assert tuple(done.counts["nasty-1"][name] for name in COUNTS) == counts
    said = done.said()
    assert len(said) == len(ledger) and all(map(is_as_expected, said, ledger)), said


def test_every_file_of_the_folder_is_expected() -> None:
    files = {file.name for file in NASTY.iterdir() if not file.name.startswith(".")}
    assert files == {case.partition(" ")[0] for case in EXPECTED}


SHAPES = re.compile(
    r"(?!array_followed.json$|arrays)(array|bom|blank_|concat|data_key.json|json_named|no_newline|missing|trailing|truncated)"
)


@pytest.mark.parametrize("case", list(filter(SHAPES.match, EXPECTED)))
def test_the_same_rows_come_out_of_every_shape(tmp_path: Path, case: str) -> None:
    name, _, options = case.partition(" ")
    shutil.copy(NASTY / name, tmp_path)
    assert Prepared(tmp_path, {name: options}).talks()[0] == ["Say hello.", "Hello!"]
