"""Sections of a stage from outside: shared options, defaults, results that are nothing."""

import pytest

PLUGIN = '''
"""A stage that says a line for each filter of its section."""

from collections.abc import Mapping
from dataclasses import dataclass

import pitchpipe as pp


@dataclass(frozen=True)
class Shared:
    loud: bool = False


SAYING = pp.Section("saying", kind="filter", options=Shared, MANY)


class Says(pp.Stage[None]):
    name = "says"
    sections = (SAYING,)

    def wanted(self, recipe: pp.Recipe) -> bool:
        return bool(recipe[SAYING])

    def key(self, run: pp.Run) -> Mapping[str, object]:
        uses = run.recipe[SAYING]
        parts = [pp.parts_of(use, run.recipe) for use in (uses if isinstance(uses, list) else [uses])]
        return {"saying": run.recipe.data["saying"]} | {name: part for some in parts for name, part in some.items()}

    def work(self, run: pp.Run) -> None:
        uses = run.recipe[SAYING]
        for use in uses if isinstance(uses, list) else [uses]:
            run.console.say(f"{use.name} {use.shared} {use.options}")


@pp.hookimpl
def register_stages(register):
    register(Says())
'''
ROWS = [{"instruction": "Say hello.", "output": "Hello!"}]


@pytest.fixture
def saying(project):
    def make(section, many):
        recipe = f"loaders:\n  - files: {{path: rows.jsonl}}\nsaying:\n{section}"
        plugin = PLUGIN.replace("MANY", "many=True" if many else "")
        return project({"recipe.yaml": recipe, "rows.jsonl": ROWS, "pitchpipe_local.py": plugin})

    return make


@pytest.mark.parametrize(
    ("section", "many"), [("  - length: {loud: true, min_reply_chars: 2}\n", True),
                          ("  length: {loud: true, min_reply_chars: 2}\n", False)],
)  # fmt: skip
def test_components_of_a_section_share_its_options(saying, section, many):
    here = saying(section, many)
    assert (
        "length {'loud': True} {'min_reply_chars': 2}" in here.run("run", "recipe.yaml").assert_success().out
    )
    here.write({"recipe.yaml": here.read("recipe.yaml").replace("loud: true", "loud: yes please")})
    here.run("check", "recipe.yaml").assert_failed("loud")


def test_a_stage_may_return_nothing(saying):
    here = saying("  - length\n", True)
    here.run("run", "recipe.yaml").assert_success()
    assert "says: already done, nothing changed" in here.run("run", "recipe.yaml").assert_success().out


def test_the_key_of_a_stage_is_plain_data_and_its_components(saying):
    here = saying("  - length: {min_reply_chars: 1}\n", True)
    here.run("run", "recipe.yaml").assert_success()
    out = here.run("run", "recipe.yaml", "--set", "saying=[length]").assert_success().out
    assert "says: again, because of filter length's options, saying\n" in out


def test_options_of_a_section_need_defaults(saying):
    here = saying("  - length\n", True)
    plugin = (
        here.read("pitchpipe_local.py")
        .replace('kind="filter", ', "")
        .replace("loud: bool = False", "loud: bool")
    )
    here.write({"pitchpipe_local.py": plugin.replace("many=True", "")})
    here.run("check", "recipe.yaml").assert_failed("'loud' in the section 'saying' needs a default")
