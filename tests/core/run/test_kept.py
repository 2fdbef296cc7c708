"""A run loses no trained model, and no recipe writes over the run of another."""

import json

import pytest

RECIPE = "loaders:\n  - files: {path: rows.jsonl}\nworker: {times: 1}\n"
# A stage that makes a folder which must not be lost; it dies where the file `die` is there.
LOCAL = """
from dataclasses import dataclass
from pathlib import Path
import pitchpipe as pp

@dataclass(frozen=True)
class Options:
    times: int = 1

WORKER = pp.Section("worker", options=Options)

class Work(pp.Stage):
    name = "work"
    after = ("prepare",)
    sections = (WORKER,)
    makes = ("made",)
    keeps = ("made", "told.json")

    def key(self, run):
        return {"times": str(run.recipe[WORKER].times)}

    def work(self, run):
        (run.fresh("made") / "times").write_text(str(run.recipe[WORKER].times))
        if Path("die").exists():
            raise pp.PitchpipeError("died")
        run.keep("made")
        (run.path / "told.json").write_text("{}")
        return {}

@pp.hookimpl
def register_stages(register):
    register(Work())
"""


@pytest.fixture
def here(project, rows):
    return project({"recipe.yaml": RECIPE, "rows.jsonl": rows, "pitchpipe_local.py": LOCAL})


def made(here, where="."):
    return here.read(f"runs/recipe/{where}/made/times")


def kept(here):
    return sorted(folder.name for folder in here.folder.glob("runs/recipe/kept/*"))


def test_a_changed_option_keeps_what_was_made(here):
    here.run("run", "recipe.yaml").assert_success()
    assert not kept(here)
    out = here.run("run", "recipe.yaml", "--set", "worker.times=2").assert_success().out
    assert "work: again, because of times\nthe made that was there is kept: runs/recipe/kept/1" in out
    assert (made(here), made(here, "kept/1")) == ("2", "1")
    assert here.json("runs/recipe/kept/1/recipe.json")["worker"] == {"times": 1}
    assert here.json("runs/recipe/recipe.json")["worker"] == {"times": 2}
    assert (here.folder / "runs/recipe/kept/1/told.json").exists()
    here.run("run", "recipe.yaml", "--set", "worker.times=3").assert_success()
    assert (made(here), made(here, "kept/1"), made(here, "kept/2"), kept(here)) == ("3", "1", "2", ["1", "2"])


def test_what_is_done_or_goes_on_keeps_nothing(here):
    here.write({"die": ""}).run("run", "recipe.yaml").assert_failed("died")
    (here.folder / "die").unlink()
    for _ in range(2):
        here.run("run", "recipe.yaml").assert_success()
    assert not kept(here)


def test_a_stage_that_dies_on_its_second_time_has_kept_the_first(here):
    here.run("run", "recipe.yaml").assert_success()
    here.write({"die": ""}).run("run", "recipe.yaml", "--set", "worker.times=2").assert_failed("died")
    (here.folder / "die").unlink()
    here.run("run", "recipe.yaml", "--set", "worker.times=2").assert_success()
    assert (made(here), made(here, "kept/1"), kept(here)) == ("2", "1", ["1"])


def test_a_record_that_is_gone_loses_nothing(here):
    here.run("run", "recipe.yaml").assert_success()
    (here.folder / "runs/recipe/run.json").unlink()
    here.run("run", "recipe.yaml", "--set", "worker.times=2").assert_success()
    assert made(here, "kept/1") == "1"


def test_two_recipes_of_one_name_share_no_run(project, rows):
    data = "loaders:\n  - files: {path: ../rows.jsonl}\n"
    here = project({"a/same.yaml": data, "b/same.yaml": data, "rows.jsonl": rows})
    here.run("prepare", "a/same.yaml").assert_success()
    first = here.read("runs/same/run.json")
    said = f"runs/same is the run of {here.folder}/a/same.yaml. Name this one, as in --name b-same"
    here.run("prepare", "b/same.yaml").assert_failed(said)
    assert here.read("runs/same/run.json") == first
    here.run("prepare", "b/same.yaml", "--name", "b-same").assert_success()
    assert json.loads(here.read("runs/b-same/run.json"))["recipe"] == f"{here.folder}/b/same.yaml"


def test_a_recipe_that_was_moved_goes_on_in_its_run(project, rows):
    here = project({"a/same.yaml": "loaders:\n  - files: {path: ../rows.jsonl}\n", "rows.jsonl": rows})
    here.run("prepare", "a/same.yaml").assert_success()
    (here.folder / "a").rename(here.folder / "b")
    assert "already done" in here.run("prepare", "b/same.yaml").assert_success().out
    (here.folder / "link.yaml").symlink_to("b/same.yaml")
    here.run("prepare", "b/../b/same.yaml").assert_success()
