"""Data sets of the Hugging Face library, from folders."""

import pickle

import pyarrow as pa
import pytest

import pitchpipe as pp
from pitchpipe_components.loaders import HuggingFace


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """Data sets as folders: saved, saved with its splits, and laid out as on the hub."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("home")))
        import datasets

        root = tmp_path_factory.mktemp("hub")
        patch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", root / "cache")
        rows = datasets.Dataset.from_list([{"i": i, "text": f"row {i}"} for i in range(2500)])
        rows.save_to_disk(root / "saved")
        datasets.DatasetDict(train=rows, test=rows.select(range(10))).save_to_disk(root / "splits")
        (root / "layout" / "data").mkdir(parents=True)
        rows.to_parquet(root / "layout" / "data" / "train-00000.parquet")
        rows.select(range(5)).to_parquet(root / "layout" / "data" / "test-00000.parquet")
        yield root


def hugging(**options) -> list[pp.Row]:
    loader = HuggingFace(**options)
    rows = [row for part in loader.parts() for row in pickle.loads(pickle.dumps(part)).rows()]
    assert rows == list(loader())
    return rows


@pytest.mark.parametrize("name", ["saved", "splits", "layout"])
def test_a_data_set_from_a_folder(hub, name):
    rows = hugging(folder=hub / name)
    assert [row.data["i"] for row in rows] == [*range(2500)]
    assert (rows[9].line, rows[9].file, rows[9].data["text"]) == (10, str(hub / name), "row 9")
    assert [row.data["i"] for row in hugging(folder=hub / name, split="train[10:12]")] == [10, 11]
    assert len(hugging(folder=hub / name, split="train[:10%]")) == 250
    assert HuggingFace(folder=hub / name).inputs() == sorted(
        p for p in (hub / name).rglob("*") if p.is_file()
    )


def test_streaming_gives_the_same_rows(hub):
    assert hugging(folder=hub / "layout", streaming=True) == hugging(folder=hub / "layout")
    assert len(hugging(folder=hub / "layout", split="test", streaming=True)) == 5
    with pytest.raises(pp.PitchpipeError, match="streaming reads whole splits"):
        hugging(folder=hub / "layout", split="train[:3]", streaming=True)


@pytest.mark.parametrize("name", ["splits", "layout"])
def test_a_split_that_is_not_there(hub, name):
    with pytest.raises(pp.PitchpipeError, match=r"Unknown split \"tset\".*train.*test"):
        hugging(folder=hub / name, split="tset")


def test_a_data_set_that_is_not_there(hub):
    with pytest.raises(pp.PitchpipeError, match=r"'nobody/nothing' cannot be loaded.*network"):
        hugging(name="nobody/nothing")
    with pytest.raises(pp.PitchpipeError, match=r"'sub' not found\. Available"):
        hugging(folder=hub / "layout", subset="sub")
    with pytest.raises(ValueError, match="no folder"):
        HuggingFace(folder=hub / "nothing")
    with pytest.raises(ValueError, match="say either"):
        HuggingFace()
    with pytest.raises(ValueError, match="neither"):
        HuggingFace(folder=hub / "saved", streaming=True)


def test_images_are_left_out_with_a_note(hub):
    import datasets

    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "seen": datasets.List(datasets.Image()),
            "at": datasets.Value("timestamp[s]"),
        }
    )
    table = pa.Table.from_pylist(
        [{"text": "a", "seen": [{"bytes": b"?", "path": None}], "at": 0}], features.arrow_schema
    )
    rows = datasets.Dataset(datasets.table.InMemoryTable(table))
    assert rows.features == features
    rows.save_to_disk(hub / "images")
    [row] = hugging(folder=hub / "images")
    assert set(row.data) == {"text", "at"} and row.notes == (
        "column of images, audio or video left out: seen",
    )
