"""Plugins that happen to be installed on a machine change nothing in our tests."""

import json

import pytest

LENGTH = """
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("length", length)

def length(conversation):
    return pp.drop("not the length that was meant")
"""
RECIPE = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - length\n"


@pytest.fixture
def here(project, install, rows):
    """A project on a machine with a broken plugin and with another filter of a built-in filter's name."""
    install("broken", "1 / 0\n", named=False)
    install("zebra", LENGTH, named=False)
    return project({"recipe.yaml": RECIPE, "rows.jsonl": rows})


@pytest.mark.parametrize("process", [False, True], ids=["called", "started"])
def test_a_foreign_plugin_disturbs_no_run(here, process):
    outcome = here.run("prepare", "recipe.yaml", process=process).assert_success()
    assert len(here.rows("runs/recipe/prepared/train.jsonl")) == 2
    assert "broken" not in outcome.out + outcome.err and "zebra" not in outcome.out + outcome.err


def test_strict_does_not_meet_a_foreign_plugin(here):
    here.run("check", "recipe.yaml", PITCHPIPE_STRICT="1").assert_success()


def test_only_own_plugins_are_listed(here):
    listed = json.loads(here.run("plugins", "--json").assert_success().out)
    assert {plugin["distribution"] for plugin in listed} == {"pitchpipe"}


def test_a_foreign_plugin_is_loaded_where_it_is_named(here):
    """And still the bare name means ours."""
    here.run("prepare", "recipe.yaml", PITCHPIPE_PLUGINS="zebra").assert_success()
    here.write({"zebra.yaml": RECIPE.replace("length", "zebra:length")})
    here.run("check", "zebra.yaml", PITCHPIPE_PLUGINS="zebra").assert_success()
    here.run("check", "zebra.yaml").assert_failed("no plugin 'zebra'")
    here.run("check", "recipe.yaml", PITCHPIPE_PLUGINS="broken", PITCHPIPE_STRICT="1").assert_failed(
        "plugin 'broken' (pitchpipe-broken 1.0) failed: ZeroDivisionError"
    )


def test_a_plugin_beside_the_recipe_is_loaded_without_a_name(here):
    here.write({"pitchpipe_local.py": LENGTH.replace('"length"', '"mine"')})
    here.write({"recipe.yaml": RECIPE.replace("length", "mine")}).run("check", "recipe.yaml").assert_success()
