"""What runs wrote is never read, wherever it lies and whatever its folder is called."""

import pytest

from pitchpipe_components.files.run_directories import run_directory_of
from pitchpipe_components.loaders import Files, HuggingFace
from tests.components.loaders.kinds import as_lines, put

ROWS = [{"instruction": f"Say hello {n} times.", "output": "Hello! " * n} for n in range(1, 31)]
RECIPE = "loaders:\n  - files: {path: PATH}\nsplit: {train: 0.8, test: 0.2}\n"


@pytest.fixture
def ran(project):
    """A project after one run, whose directory is not called runs."""
    here = project(
        {"recipe.yaml": RECIPE.replace("PATH", "a.jsonl"), "a.jsonl": ROWS, "more/b.jsonl": ROWS[:1]}
    )
    here.run("prepare", "recipe.yaml", "--runs", "made").assert_success()
    return here


@pytest.mark.parametrize(("path", "rows"), [(".", 31), ("'**/*.jsonl'", 31), ("'*/**/*.jsonl'", 1)])
def test_a_second_run_does_not_read_what_the_first_wrote(ran, path, rows):
    ran.write({"recipe.yaml": RECIPE.replace("PATH", path)})
    told = ran.run("prepare", "recipe.yaml", "--runs", "made", process=True)
    told.assert_success()
    assert told.err.count("files of run directories left out") == 1
    sides = [ran.rows(f"made/recipe/prepared/{side}.jsonl") for side in ("train", "test")]
    assert sum(map(len, sides)) == rows
    again = ran.run("prepare", "recipe.yaml", "--runs", "made")
    assert "already done, nothing changed" in again.out


@pytest.mark.parametrize(
    "path",
    [
        "made/recipe",
        "made",
        "made/recipe/prepared",
        "made/recipe/prepared/train.jsonl",
        "made/**/*.jsonl",
        "link",
    ],
)
def test_a_run_directory_that_is_named_is_an_error(ran, path):
    (ran.folder / "link").symlink_to(ran.folder / "made" / "recipe")
    ran.write({"recipe.yaml": RECIPE.replace("PATH", f"'{path}'")})
    refused = ran.run("check", "recipe.yaml")
    assert refused.code == 2 and "recipe.yaml:2" in refused.err
    assert "what a run wrote is never a source" in refused.err and "recipe.json" in refused.err


def test_a_data_set_folder_may_be_no_run_either(ran):
    with pytest.raises(ValueError, match="is a run directory"):
        HuggingFace(folder=ran.folder / "made" / "recipe")


@pytest.mark.parametrize("damage", ["removed", "cut"])
def test_a_run_is_known_even_without_its_record(ran, damage):
    record = ran.folder / "made" / "recipe" / "run.json"
    record.write_bytes(record.read_bytes()[:100])
    if damage == "removed":
        record.unlink()
    assert run_directory_of(record) == record.parent.resolve()


def test_a_folder_that_only_looks_like_a_run_is_read(tmp_path):
    """By a folder's name, or by a run.json of another program."""
    for name, record in (("runs", ""), ("sprint", '{"distance": 5, "stages": [1, 2]}'), ("list", "[1]")):
        (tmp_path / name / "prepared").mkdir(parents=True)
        put(tmp_path / name / "prepared" / "train.jsonl", as_lines(ROWS))
        if record:
            put(tmp_path / name / "run.json", record)
    assert sum(file.name == "train.jsonl" for file in Files(tmp_path).inputs()) == 3
