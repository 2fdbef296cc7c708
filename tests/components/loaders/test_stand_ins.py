"""A file that stands in for data is named as what it is, with what to do about it."""

import io
import json
import tarfile
import zipfile

import pytest

import pitchpipe as pp
from pitchpipe_components.loaders import Files, HuggingFace
from tests.components.loaders.kinds import put, read

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0a" * 32 + "\nsize 4512334\n"


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet", "rows.json.gz", "rows"])
@pytest.mark.parametrize("text", [POINTER, POINTER.replace("oid", "ext-0-case sha256:0b\noid")])
def test_a_pointer_of_git_lfs(tmp_path, name, text):
    with pytest.raises(ValueError, match=rf"{name} is a Git LFS pointer to 4,512,334 bytes.*git lfs pull"):
        Files(put(tmp_path / name, text))
    with pytest.raises(ValueError, match="Git LFS pointer"):
        Files(tmp_path / "*")


def test_rows_about_git_lfs_are_rows(tmp_path):
    rows = [{"text": POINTER}, {"text": "version https://git-lfs.github.com/spec/v1"}]
    assert [row.data for row in read(put(tmp_path / "a.json", json.dumps(rows)))] == rows
    assert len(read(put(tmp_path / "a.txt", POINTER.split("oid")[0]), kind="text")) == 1


def test_a_pointer_of_git_annex(tmp_path):
    place = "annex/objects/SHA256E-s120--ab.jsonl/SHA256E-s120--ab.jsonl"
    with pytest.raises(ValueError, match=r"git-annex pointer.*`git annex get a.jsonl`"):
        Files(put(tmp_path / "a.jsonl", f"/{place}\n"))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.jsonl").symlink_to(f"../.git/{place}")
    for path in ("deep", "deep/b.jsonl", "deep/*.jsonl"):
        with pytest.raises(
            ValueError, match=r"b.jsonl is a link to .*not there: run `git annex get b.jsonl`"
        ):
            Files(tmp_path / path)


def test_a_link_that_leads_nowhere_is_not_passed_over(tmp_path):
    put(tmp_path / "a.jsonl", "{}")
    (tmp_path / "b.jsonl").symlink_to("gone.jsonl")
    with pytest.raises(ValueError, match=r"b.jsonl is a link to gone.jsonl, which is not there"):
        Files(tmp_path)


def test_archives_workbooks_and_pages(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    with pytest.raises(ValueError, match="workbook of Excel: save its sheet as CSV"):
        Files(tmp_path / "a.xlsx")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.jsonl"))
    with pytest.raises(pp.PitchpipeError, match="is a tar archive: unpack it"):
        read(put(tmp_path / "a.tar.gz", packed.getvalue()))
    page = "\n\n<!DOCTYPE html>\n<html><body>404</body></html>"
    with pytest.raises(pp.PitchpipeError, match="is a page of the web"):
        read(put(tmp_path / "a.jsonl", page))
    assert len(read(put(tmp_path / "a.txt", page))) == 2


def test_a_data_set_of_pointers(tmp_path):
    (tmp_path / "data").mkdir()
    put(tmp_path / "data" / "train.parquet", POINTER)
    with pytest.raises(ValueError, match="Git LFS pointer"):
        HuggingFace(folder=tmp_path)
