"""Variables of the environment: what stands for one is replaced, and no other dollar is touched."""

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe_tools.recipe_file.yaml12 import read


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    for name, value in {"DATA": "/data", "N": "3", "EMPTY": "", "ODD": "a: [b, #c"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("UNSET", raising=False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("${DATA}/a.jsonl", "/data/a.jsonl"),
        ("{path: ${DATA}/a.jsonl, first: ${N}}", {"path": "/data/a.jsonl", "first": 3}),
        ("[${DATA}, '${DATA}', \"${DATA}\"]", ["/data", "/data", "/data"]),
        ("${UNSET:-/other}/x", "/other/x"),
        ("{a: ${UNSET:-b, [c]: d}}", {"a": "b, [c]: d"}),
        ("${EMPTY:-full}", "full"),
        ("${UNSET:-}", None),
        ("'${EMPTY}'", ""),
        ("${N}", 3),
        ("'${N}'", "3"),
        ("${N}e${N}", 3e3),
        ("${UNSET:-true}", True),
        ("|\n  ${DATA}\n  b\n", "/data\nb\n"),
        ("${ODD}", "a: [b, #c"),
        ("a # ${UNSET}", "a"),
        ("$${DATA}", "${DATA}"),
        ("$$${DATA}", "$${DATA}"),
    ],
)
def test_what_stands_for_a_variable(written, meant):
    assert read(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        r"^\s*$", r"(\d+)$|^\$", "$DATA", "$$x^2$$", "US$5", "${}", "${1}", "${a.b}", "${{ DATA }}", "$ {DATA}",
        "{{ '$' + x }}", "$(DATA)", "\ue0000\ue001",
    ],
)  # fmt: skip
def test_every_other_dollar_stays(text):
    assert read("'" + text.replace("'", "''") + "'") == text


def test_a_key_is_no_place_for_a_variable():
    assert read("'${DATA}': 1") == {"${DATA}": 1}


def test_each_variable_that_is_not_set_is_told_with_its_line(project):
    recipe = "loaders:\n  - files: {path: ${UNSET}/a.jsonl}\n  - files:\n      path: ${ALSO_UNSET}/${N}\n"
    outcome = project({"recipe.yaml": recipe}).run("check", "recipe.yaml").assert_failed()
    assert outcome.err.splitlines() == [
        "pitchpipe: recipe.yaml:2: the variable UNSET is not set: export UNSET=..., or write ${UNSET:-default};"
        " $${UNSET} stands for these very words",
        "recipe.yaml:4: the variable ALSO_UNSET is not set: export ALSO_UNSET=..., or write"
        " ${ALSO_UNSET:-default}; $${ALSO_UNSET} stands for these very words",
    ]


def test_a_value_of_the_command_line_has_variables_too(project, rows):
    here = project({"recipe.yaml": "loaders:\n  - files: {path: no.jsonl}\n", "rows.jsonl": rows})
    here.run(
        "check", "recipe.yaml", "--set", "loaders.1.files.path=${ROWS}", ROWS="rows.jsonl"
    ).assert_success()
    with pytest.raises(PitchpipeError, match="--set x:1: the variable UNSET is not set"):
        read("${UNSET}", "--set x")


def test_a_variable_that_nobody_needs_need_not_be_set(project, rows):
    """Its value is replaced, by a recipe that extends this one or by --set, or stands in an unused anchor."""
    base = "x-unused: {path: ${UNSET}}\nloaders:\n  - files: {path: ${UNSET}}\n"
    here = project({"base.yaml": base, "rows.jsonl": rows})
    here.run("check", "base.yaml").assert_failed("base.yaml:3: the variable UNSET is not set")
    here.run("check", "base.yaml", "--set", "loaders.1.files.path=rows.jsonl").assert_success()
    here.write({"mine.yaml": "extends: base.yaml\nloaders:\n  - files: {path: rows.jsonl}\n"})
    here.run("check", "mine.yaml").assert_success()
    here.write({"mine.yaml": "extends: base.yaml\nsplit: {train: 1}\n"})
    here.run("check", "mine.yaml").assert_failed("base.yaml:3: the variable UNSET is not set")
    here.write({"mine.yaml": "\nextends: ${UNSET}/base.yaml\n"})
    here.run("check", "mine.yaml").assert_failed("mine.yaml:2: the variable UNSET is not set")


def test_home_is_known_in_paths(project, rows):
    here = project({"recipe.yaml": "loaders:\n  - files: {path: ~/rows.jsonl}\n", "home/rows.jsonl": rows})
    here.run("check", "recipe.yaml", HOME=str(here.folder / "home")).assert_success()


def test_the_run_keeps_what_the_variables_held(project, rows):
    here = project({"recipe.yaml": "loaders:\n  - files: {path: ${ROWS}}\n", "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml", ROWS="rows.jsonl").assert_success()
    assert here.json("runs/recipe/recipe.json") == {"loaders": [{"files": {"path": "rows.jsonl"}}]}
