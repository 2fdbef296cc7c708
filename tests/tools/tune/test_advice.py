"""What tune advises can be typed: the option exists, where the recipe has the filter."""

import re

import pytest

from pitchpipe.host.host import Host

ROWS = [
    {"instruction": f"Say {n}, please.", "output": "One. Two? " * n + "https://a.b"} for n in range(1, 12)
]
LOADERS = "loaders:\n  - files: {path: rows.jsonl}\n"


def filters_of_one_row():
    """All that need no option, no package and no other row."""
    for component in Host.from_environment().all("filter"):
        required = any(option.required for option in component.options.values())
        if component.is_code and not (required or component.needs or isinstance(component.call, type)):
            yield component.name


@pytest.fixture(scope="module")
def run_of_all(tmp_path_factory):
    from pitchpipe.testing import Project

    here = Project(tmp_path_factory.mktemp("all"))
    entries = "".join(f"  - {name}: {{action: tag}}\n" for name in filters_of_one_row())
    here.write({"recipe.yaml": f"{LOADERS}filters:\n{entries}", "rows.jsonl": ROWS})
    here.run("prepare", "recipe.yaml").assert_success()
    return here


def advised(outcome):
    return re.findall(r"--set (\S+)=\.\.\.", outcome.out)


@pytest.mark.parametrize("name", [*filters_of_one_row()])
def test_each_option_that_is_advised_is_there(run_of_all, name):
    outcome = run_of_all.run("tune", "runs/recipe", name, "--at", "1")
    for setting in advised(outcome):
        said = run_of_all.run("check", "recipe.yaml", "--set", f"{setting}=1").err
        assert "no such option" not in said and "no entry" not in said
    assert "in the recipe" not in outcome.out or advised(outcome)


@pytest.mark.parametrize(
    ("filters", "label", "setting"),
    [
        ("[length: {min_reply_chars: 5}]", "length", "filters.1.length.min_reply_chars"),
        ("[echo, length, length: {min_reply_chars: 5}]", "length#2", "filters.3.length.min_reply_chars"),
        ("[sft_default: {length: {min_reply_chars: 5}}]", "length", "filters.1.sft_default.length.min_reply_chars"),
        ("['filters:length': {min_reply_chars: 5}]", "filters:length", "filters.1.filters:length.min_reply_chars"),
    ],
)  # fmt: skip
def test_it_is_where_the_recipe_has_the_filter(project, filters, label, setting):
    here = project({"recipe.yaml": f"{LOADERS}filters: {filters}\n", "rows.jsonl": ROWS})
    here.run("prepare", "recipe.yaml").assert_success()
    outcome = here.run("tune", "runs/recipe", label, "--score", "reply_chars").assert_success()
    assert advised(outcome) == [setting]
    here.run(
        "prepare", "recipe.yaml", "--name", "try", "--set", f"{setting}=9999", "--set", "split={train: 1}"
    ).assert_failed("nothing is kept: all 11 rows are lost. Most often: reply chars too low (11).")


OWN = """
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("own", own)
    register("fixed", fixed)

def own(conversation, *, limit: int = 20, other: int = 3):
    "Has a threshold by another name than its score's."
    return pp.judged(conversation, chars=(len(conversation.replies()[0]), limit, None))

def fixed(conversation, *, a: int = 20, b: int = 20):
    "Has a threshold that no option holds alone."
    return pp.judged(conversation, chars=(len(conversation.replies()[0]), 20, None))
"""


def test_an_option_of_another_name_is_found_by_its_value(project):
    recipe = f"{LOADERS}filters: [own: {{action: tag}}, fixed: {{action: tag}}]\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS, "pitchpipe_local.py": OWN})
    here.run("prepare", "recipe.yaml").assert_success()
    assert advised(here.run("tune", "runs/recipe", "own")) == ["filters.1.own.limit"]
    out = here.run("tune", "runs/recipe", "fixed").assert_success().out
    assert "no option of 'fixed' sets it alone: pitchpipe show filter pitchpipe_local:fixed" in out
