"""`pitchpipe runs` says what there is, and removes nothing that is at work or that was not meant."""

import fcntl
import os
import re

import pytest

DATA = "loaders:\n  - files: {path: rows.jsonl}\n"
STAGE = {"parts": {}, "done": True, "result": None, "seconds": 1.0}
SHARE = {"value": 0.875, "count": 8, "is_share": True}


@pytest.fixture
def here(project, rows):
    here = project(
        {"recipe.yaml": DATA, "rows.jsonl": rows, "runs/notes/mine.txt": "precious", "runs/note.txt": ""}
    )
    here.run("prepare", "recipe.yaml", "--name", "old").assert_success()
    here.run("prepare", "recipe.yaml", "--name", "new").assert_success()
    os.utime(here.folder / "runs/old/run.json", (0, 0))
    os.utime(here.folder / "runs/old", (0, 0))
    return here


def record(here, name, **stages):
    import json

    here.write(
        {f"runs/{name}/run.json": json.dumps({"recipe": f"{here.folder}/gone.yaml", "stages": stages})}
    )


def lines(outcome):
    """Run, state and the rest of each line of the table."""
    words = [re.split(r"\s{2,}", line.strip()) for line in outcome.assert_success().out.splitlines()]
    return {line[0]: line[1:] for line in words if len(line) > 3 and line[0] != "run"}


def test_runs_are_listed_the_newest_first(here):
    found = lines(here.run("runs"))
    assert list(found) == ["new", "old"]
    recipe, when, state, size = found["old"]
    assert (
        (recipe, state) == ("recipe.yaml", "done: prepare") and when.startswith("19") and size.endswith("kB")
    )


def test_states_scores_and_kept_models(here):
    record(here, "new", prepare=STAGE, train=STAGE | {"done": False})
    scores = {
        "base": {"exact_match": SHARE | {"value": 0}},
        "tuned": {"exact_match": SHARE, "perplexity": {"value": 3.14159, "count": 8}},
    }
    import json

    here.write({"runs/old/scores.json": json.dumps(scores), "runs/new/kept/1/model/x": "x" * 2000})
    here.write({"runs/bad/run.json": "{"})
    found = lines(here.run("runs"))
    assert found["new"][0] == "gone.yaml (gone)" and found["new"][2] == "stopped in train"
    assert found["old"][3] == "exact_match 87.5%" and "perplexity 3.142" in here.run("runs").out
    assert found["new/kept/1"][1:] == ["a model from before", "2 kB"]
    assert "damaged" in found["bad"]


def test_a_run_is_removed_where_that_is_said(here):
    said = here.run("runs", "--remove", "old").assert_failed("runs/old", "To do so, add --yes").err
    assert "new" not in said.replace("To do so", "") and (here.folder / "runs/old").exists()
    here.run("runs", "--remove", "old", "--yes").assert_success()
    assert list(lines(here.run("runs"))) == ["new"]
    here.run("runs", "--remove", "runs/new", "--yes").assert_success()
    assert here.run("runs").assert_success().out == "no runs in runs\n"
    assert here.read("runs/notes/mine.txt") == "precious"


def test_a_kept_model_goes_alone(here):
    here.write({"runs/new/kept/1/model/x": "x", "runs/new/kept/2/model/x": "x"})
    here.run("runs", "--remove", "new/kept/1", "--yes").assert_success()
    assert not (here.folder / "runs/new/kept/1").exists() and (here.folder / "runs/new/kept/2").exists()


@pytest.mark.parametrize(
    "name", ["notes", "note.txt", "..", ".", "../recipe.yaml", "new/kept", "new/rows", "", "/"]
)
def test_what_is_no_run_is_not_removed(here, name):
    here.run("runs", "--remove", name, "--yes").assert_failed(f"no run {name} in runs.")
    assert here.read("runs/notes/mine.txt") == "precious" and list(lines(here.run("runs"))) == ["new", "old"]


def test_one_wrong_name_removes_nothing(here):
    here.run("runs", "--remove", "old", "--remove", "nwe", "--yes").assert_failed("Did you mean 'new'?")
    assert (here.folder / "runs/old").exists()


@pytest.mark.parametrize("name", ["new", "new/kept/1"])
def test_a_run_at_work_stays(here, name):
    here.write({"runs/new/kept/1/model/x": "x"})
    with open(here.folder / "runs/new/.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "at work" in here.run("runs").assert_success().out
        here.run("runs", "--remove", name, "--yes").assert_failed("runs/new is at work")
    assert (here.folder / "runs/new/kept/1/model/x").exists()


def test_a_link_is_not_followed(here):
    (here.folder / "other").mkdir()
    (here.folder / "runs/new").rename(here.folder / "other/new")
    (here.folder / "runs/link").symlink_to(here.folder / "other/new")
    here.run("runs", "--remove", "link", "--yes").assert_failed("runs/link is a link")
    assert (here.folder / "other/new/run.json").exists()


def test_a_folder_that_is_not_there_has_no_runs(project):
    assert project().run("runs").assert_success().out == "no runs in runs\n"
