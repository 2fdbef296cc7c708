"""The folder of an export appears whole or not at all, and nobody's folder is replaced."""

import pytest

import pitchpipe as pp
from pitchpipe_stages.export.destination import MARK, must_have_room, new_folder


def write(place, words="new", force=False):
    with new_folder(place, force) as folder:
        (folder / MARK).write_text(words)


def test_it_appears_when_all_went_well(tmp_path):
    write(tmp_path / "runs" / "out")
    assert [file.name for file in (tmp_path / "runs").iterdir()] == ["out"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, pp.PitchpipeError("x"), OSError(28, "full")])
def test_nothing_is_left_where_something_fails(tmp_path, failure):
    with pytest.raises((KeyboardInterrupt, pp.PitchpipeError, OSError)), new_folder(tmp_path / "out", False):
        raise failure
    assert list(tmp_path.iterdir()) == []


def test_an_export_is_replaced_only_by_force_and_by_a_whole_one(tmp_path):
    write(tmp_path / "out", "old")
    with pytest.raises(pp.PitchpipeError, match="--force replaces it"):
        write(tmp_path / "out")
    with pytest.raises(ValueError), new_folder(tmp_path / "out", True):
        raise ValueError
    assert (tmp_path / "out" / MARK).read_text() == "old"
    write(tmp_path / "out", force=True)
    assert (tmp_path / "out" / MARK).read_text() == "new"


def test_what_is_no_export_is_never_replaced(tmp_path):
    (tmp_path / "mine").write_text("a book")
    with pytest.raises(pp.PitchpipeError, match="did not export it"):
        write(tmp_path, force=True)
    with pytest.raises(pp.PitchpipeError, match="did not export it"):
        write(tmp_path / "mine", force=True)


def test_what_a_killed_process_left_is_no_hindrance(tmp_path):
    left = tmp_path / "out.new"
    left.mkdir()
    (left / "half").write_text("x")
    write(tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == [MARK] and not left.exists()


def test_a_disk_that_is_too_small_is_told_first(tmp_path):
    must_have_room(tmp_path / "deep" / "out", 1)
    with pytest.raises(pp.PitchpipeError, match=r"free, and this takes about 1e\+03 TB"):
        must_have_room(tmp_path / "deep" / "out", 10**15)
