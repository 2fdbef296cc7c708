"""The JSON Schema accepts what `check` accepts, and refuses what it refuses."""

import json

import pytest
from jsonschema import Draft202012Validator

from pitchpipe.host.host import Host
from pitchpipe_tools.recipe_file import yaml12
from pitchpipe_tools.schema import recipe_schema
from tests.documents import ROOT

RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))
SOUND = {
    "loaders": [{"files": {"path": "x.jsonl", "format": "alpaca", "side": "test"}}],
    "filters": ["length"],
}


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(json.dumps(recipe_schema(Host.from_environment())))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_shipped_recipes_are_valid(validator, path):
    assert list(validator.iter_errors(yaml12.read(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"fliters": []},
        {"filters": ["lenght"]},
        {"filters": [{"length": {"min_reply_word": 1}}]},
        {"filters": [{"length": {"min_reply_chars": "many"}}]},
        {"trainer": {"sft": {"learning_rate": 0}}},
        {"loaders": ["files"]},
        {"split": {"train": 2}},
        {"model": {"tiny": {}, "transformers": {"name": "x"}}},
    ],
    ids=str,
)
def test_mistakes_are_not(validator, wrong):
    assert list(validator.iter_errors(SOUND)) == []
    assert list(validator.iter_errors(SOUND | wrong))


def test_the_command_prints_it(project):
    assert json.loads(project().run("schema").assert_success().out)["title"] == "pitchpipe recipe"


def test_a_recipe_that_extends_another_may_leave_things_out(validator):
    short = {"extends": "other.yaml", "x-kept": {"anything": 1}, "filters": ["length"]}
    assert list(validator.iter_errors(short)) == []
    for wrong in ({"filters": ["length"]}, short | {"extends": 3}, short | {"y-kept": {}}):
        assert list(validator.iter_errors(wrong)), wrong
