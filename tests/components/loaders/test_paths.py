"""A path is a file, a folder or a glob."""

import pytest

from pitchpipe_components.loaders import Files
from tests.components.loaders.kinds import as_lines, put


def test_a_path_is_a_file_a_folder_or_a_glob(tmp_path):
    folder = tmp_path / "data [1]"
    for name in (
        "b.jsonl",
        "a[2].jsonl",
        "deep/c.json.gz",
        "README.md",
        "notes.txt",
        ".hidden/x.jsonl",
        "state.json",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        put(folder / name, b"" if "state" in name else as_lines([{"n": name}]))
    names = lambda path, **options: [file.name for file in Files(path, **options).inputs()]  # noqa: E731
    assert names(folder) == ["a[2].jsonl", "b.jsonl", "c.json.gz"]
    assert names(folder, kind="text") == ["a[2].jsonl", "b.jsonl", "c.json.gz", "notes.txt"]
    assert names(folder / "*.jsonl") == ["a[2].jsonl", "b.jsonl"]
    assert names(folder / "**" / "*.json*") == ["a[2].jsonl", "b.jsonl", "c.json.gz", "state.json"]
    assert names(folder / "a[2].jsonl") == ["a[2].jsonl"]
    with pytest.raises(ValueError, match=r"no file .*Did you mean 'b.jsonl'"):
        Files(folder / "bb.jsonl")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no data files in"):
        Files(tmp_path / "empty")
    with pytest.raises(ValueError, match="zip archive"):
        Files(put(tmp_path / "rows.zip", b"PK\x03\x04..."))
