"""A run is continued, never repeated: what is done is skipped, and what changed is redone and named."""

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.host import Host
from pitchpipe.run.run import run
from pitchpipe_stages.console import RichConsole
from pitchpipe_tools.recipe_file.load import load
from pitchpipe_tools.runs.found import at_rest
from tests.started import started, wait_for

DATA = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - length\n"


def test_what_is_done_is_skipped(project, rows):
    here = project({"recipe.yaml": DATA, "rows.jsonl": rows})
    here.run("run", "recipe.yaml").assert_success()
    first = here.json("runs/recipe/run.json")
    outcome = here.run("run", "recipe.yaml").assert_success()
    assert "prepare: already done, nothing changed" in outcome.out
    assert here.json("runs/recipe/run.json") == first


@pytest.mark.parametrize(
    ("files", "arguments", "said"),
    [
        ({"rows.jsonl": [{"instruction": "a", "output": "b"}]}, [], "prepare: again, because of rows.jsonl"),
        (
            {},
            ["--set", "filters.length.min_reply_chars=2"],
            "prepare: again, because of filter length's options",
        ),
        (
            {"recipe.yaml": DATA.replace("length", "exact_duplicates")},
            [],
            "prepare: again, because of filter exact_duplicates's options, filter length's options, filters",
        ),
        ({}, ["--set", "split={train: 0.5, test: 0.5}"], "prepare: again, because of split"),
    ],
)
def test_what_changed_is_redone_and_named(project, rows, files, arguments, said):
    here = project({"recipe.yaml": DATA, "rows.jsonl": rows})
    here.run("run", "recipe.yaml").assert_success()
    assert said in here.write(files).run("run", "recipe.yaml", *arguments).assert_success().out


def test_a_changed_plugin_is_noticed(project, rows):
    local = "import pitchpipe as pp\n\n@pp.hookimpl\ndef register_filters(register):\n    register('mine', mine)\n\ndef mine(conversation):\n    return conversation\n"
    here = project({"recipe.yaml": DATA + "  - mine\n", "rows.jsonl": rows, "pitchpipe_local.py": local})
    here.run("run", "recipe.yaml").assert_success()
    dropping = "return conversation if len(conversation.messages[0].content) > 10 else pp.drop('none')"
    here.write({"pitchpipe_local.py": local.replace("return conversation", dropping)})
    assert "because of plugin pitchpipe_local's code" in here.run("run", "recipe.yaml").assert_success().out
    assert len(here.rows("runs/recipe/ledger.jsonl")) == 1


@pytest.mark.parametrize("record", ["{", "{}", "[]", '{"stages": {"prepare": {}}}', '{"stages": []}'])
def test_a_damaged_record_is_told(project, rows, record):
    here = project({"recipe.yaml": DATA, "rows.jsonl": rows, "runs/recipe/run.json": record})
    here.run("run", "recipe.yaml").assert_failed("is damaged. Remove the folder to start the run anew.")


def test_what_was_made_and_is_gone_is_made_again(project, rows):
    here = project({"recipe.yaml": DATA, "rows.jsonl": rows})
    here.run("run", "recipe.yaml").assert_success()
    (here.folder / "runs/recipe/ledger.jsonl").unlink()
    assert (
        "prepare: again, because what it made is gone" in here.run("run", "recipe.yaml").assert_success().out
    )
    assert (here.folder / "runs/recipe/ledger.jsonl").exists()


@pytest.mark.parametrize(
    "arguments", [["--runs", ".", "--name", "."], ["--runs", ".", "--name", "model"], ["--name", "../model"]]
)
def test_a_folder_that_is_no_run_is_left_alone(project, rows, arguments):
    here = project(
        {"recipe.yaml": DATA, "rows.jsonl": rows, "model/mine": "precious", "runs/x/run.json": "{}"}
    )
    here.run("run", "recipe.yaml", *arguments).assert_failed(
        "is there and is no run. Choose another --name or --runs."
    )
    assert here.read("model/mine") == "precious" and here.read("recipe.yaml") == DATA


@pytest.mark.slow
def test_two_runs_in_one_folder(project, rows):
    slow = "import time\nfrom pathlib import Path\nimport pitchpipe as pp\n\n@pp.hookimpl\ndef register_filters(register):\n    register('slow', slow)\n\ndef slow(conversation):\n    while not Path('enough').exists():\n        time.sleep(0.02)\n    return conversation\n"
    here = project({"recipe.yaml": DATA + "  - slow\n", "rows.jsonl": rows, "pitchpipe_local.py": slow})
    first = started(here)
    wait_for(lambda: (here.folder / "runs/recipe/run.json").exists())
    here.run("run", "recipe.yaml").assert_failed("another pitchpipe is at work in runs/recipe")
    here.write({"enough": ""})
    assert first.wait(60) == 0


def test_what_ends_holds_no_lock(project, rows):
    """Neither a run that is done nor one that failed, in a process that lives on and looks at it."""
    here = project({"recipe.yaml": DATA, "other.yaml": DATA, "rows.jsonl": rows})

    def again(recipe):
        path = here.folder / recipe
        return run(
            load(path, Host.from_environment(here.folder)), here.folder / "run", RichConsole(quiet=True)
        )

    finished = again("recipe.yaml")
    assert lock_is_free(finished.path)
    with pytest.raises(PitchpipeError, match="is the run of") as failed:
        again("other.yaml")
    assert failed.tb and lock_is_free(finished.path)


def lock_is_free(path):
    with at_rest(path) as rests:
        return rests
