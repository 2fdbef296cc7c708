"""Names of upstreams in a recipe: what a router chooses is there, and each name means one thing."""

import json

import pytest

UPSTREAMS = {name: {"openai": {"url": "http://127.0.0.1:9/v1", "model": "m"}} for name in ("large", "small")}
SPLIT = {"split": {"shares": {"large": 0.5, "small": 0.5}}}


def rules(*names: str) -> dict[str, object]:
    return {"rules": {"choose": [{"when": {"tools": True}, "to": list(names)}], "otherwise": "large"}}


@pytest.mark.parametrize("recipe", [
    {"upstreams": UPSTREAMS, "router": SPLIT},
    {"serve": {"model": "runs/small"}, "upstreams": {"large": UPSTREAMS["large"]}, "router": SPLIT},
    {"serve": {"model": "x", "name": "large", "adapters": {"small": "runs/y"}}, "router": SPLIT},
    {"serve": {"model": "runs/large/model", "base": "small"}, "router": SPLIT},
    {"serve": {"routed": "any"}, "upstreams": UPSTREAMS | {"auto": UPSTREAMS["large"]}, "router": rules("auto")},
])  # fmt: skip
def test_names_that_are_there(project, recipe):
    project({"recipe.yaml": json.dumps(recipe)}).run("check", "recipe.yaml").assert_success()


@pytest.mark.parametrize(("recipe", "words"), [
    ({"upstreams": UPSTREAMS, "router": rules("large", "smal")}, "router.rules.choose.1.to.2: no upstream 'smal'. Did you mean 'small'?"),
    ({"upstreams": {"large": UPSTREAMS["large"]}, "router": SPLIT}, "router.split.shares.small: no upstream 'small'"),
    ({"router": SPLIT}, "There is neither `serve: {model: ...}` nor `upstreams`."),
    ({"serve": {"model": "x", "name": "large"}, "upstreams": UPSTREAMS}, "upstreams.large: the section `serve` gives the name 'large' to a model of its own"),
    ({"serve": {"routed": "small"}, "upstreams": UPSTREAMS, "router": SPLIT}, "serve.routed names another word"),
])  # fmt: skip
def test_names_that_are_not(project, recipe, words):
    project({"recipe.yaml": json.dumps(recipe)}).run("check", "recipe.yaml").assert_failed(words)
