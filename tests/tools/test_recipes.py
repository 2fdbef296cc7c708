"""Recipes that ship are listed and copied with all that they read."""

import re


def test_recipes_are_listed_and_copied(project):
    here = project()
    assert re.search(r"^quickstart +Tune the tiny base model", here.run("recipes").assert_success().out, re.M)
    here.run("recipes", "--copy", "quickstart", "--to", "mine").assert_success()
    here.run("check", "mine/quickstart.yaml").assert_success()
    assert (here.folder / "mine/data/quickstart-alpaca.jsonl").exists()
    here.run("recipes", "--copy", "quickstart", "--to", "mine").assert_failed("is there already")


def test_a_copied_recipe_brings_what_its_filters_read(project):
    here = project()
    here.run("recipes", "--copy", "clean-sharegpt").assert_success()
    here.run("check", "clean-sharegpt.yaml").assert_success()
