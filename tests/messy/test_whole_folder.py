"""The whole folder at once, in any number of processes."""

import shutil
from pathlib import Path

from tests.messy.expected import EXPECTED
from tests.messy.prepared import NASTY, Prepared, assert_clean, lines_of

WHOLE_RECIPE = """\
filters: [sft_default, near_duplicates]
model: tiny
template: chatml
collator:
  padded: {length: 256, too_long: cut_end}
split: {train: 0.8, test: 0.2}
data: {max_dropped: 1.0}
"""


def test_the_whole_folder_gives_the_same_bytes_whatever_the_number_of_processes(tmp_path: Path) -> None:
    sources = {}
    for number, case in enumerate(EXPECTED):
        name, _, options = case.partition(" ")
        shutil.copy(NASTY / name, tmp_path / f"{number}-{name}")
        sources[f"{number}-{name}"] = options
    one, two = (Prepared(tmp_path, sources, WHOLE_RECIPE, processes) for processes in (1, 2))
    assert one.counts == two.counts and len(one.counts) == len(EXPECTED)
    files = sorted(file.name for file in (one.folder / "prepared").iterdir())
    assert files == sorted(file.name for file in (two.folder / "prepared").iterdir())
    for name in ["ledger.jsonl", *(f"prepared/{file}" for file in files)]:
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes(), name
    for row in one.kept + lines_of(one.folder / "prepared" / "test.jsonl"):
        assert_clean(row)
    read = [count["read"] for count in one.counts.values()]
    assert read == [counts[0] for counts, _ in EXPECTED.values()]
