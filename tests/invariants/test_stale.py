"""A result is never stale: a change of any code that can change it is seen, and no other change is."""

import sys

import pytest

RECIPE = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - short\n"
LOCAL = """
import pitchpipe as pp
%s

@pp.hookimpl
def register_filters(register):
    register("short", short)

def short(conversation):
    %s
    return pp.judged(conversation, chars=(len(conversation.replies()[0]), None, rules.MOST))
"""
ROWS = [
    {"instruction": "Say hello.", "output": "Hello!"},
    {"instruction": "Say two.", "output": "Two, two, two."},
]


def kept(here):
    return len(here.rows("runs/recipe/prepared/train.jsonl"))


def prepared_again(here, because):
    out = here.run("prepare", "recipe.yaml").assert_success().out
    return f"prepare: again, because of {because}" in " ".join(out.split())


@pytest.mark.parametrize(
    ("top", "within"),
    [
        ("import rules", "pass"),
        ("", "import rules"),
        ("import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\nimport rules", "pass"),
        ("from checks import rules", "pass"),
    ],
    ids=["a module beside it", "a module that a function imports", "by a path of its own", "a package"],
)
@pytest.mark.parametrize("process", [False, True], ids=["called", "started"])
def test_modules_beside_the_plugin_of_a_recipe_work_and_are_in_the_key(project, top, within, process):
    place = "checks/rules.py" if "checks" in top else "rules.py"
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": ROWS, "pitchpipe_local.py": LOCAL % (top, within)})
    here.write({place: "MOST = 10\n", "checks/__init__.py": "", "unrelated.py": "1 / 0\n"})
    here.run("prepare", "recipe.yaml", process=process).assert_success()
    assert kept(here) == 1
    assert "already done" in here.run("prepare", "recipe.yaml", process=process).assert_success().out
    here.write({"unrelated.py": "2 / 0\n"})
    assert "already done" in here.run("prepare", "recipe.yaml", process=process).assert_success().out
    here.write({place: "MOST = 100\n"})
    out = here.run("prepare", "recipe.yaml", process=process).assert_success().out
    assert "again, because of plugin pitchpipe_local's code" in " ".join(out.split())
    assert kept(here) == 2


def test_a_module_beside_a_recipe_shadows_nobody(project):
    """A script that happens to be called like a library is no library to anyone."""
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": ROWS, "rules.py": "MOST = 10\n"})
    here.write({"pitchpipe_local.py": LOCAL % ("import rules, yaml\nassert yaml.safe_load", "pass")})
    here.write({"yaml.py": "raise SystemExit('not this one')\n", "colorsys.py": "1 / 0\n"})
    here.run("prepare", "recipe.yaml", process=True, PYTHONSAFEPATH="1").assert_success()


def test_two_recipes_with_modules_of_one_name_get_their_own(project, tmp_path):
    here = project({})
    for name, most in (("one", 10), ("two", 100)):
        here.write(
            {
                f"{name}/recipe.yaml": RECIPE,
                f"{name}/rows.jsonl": ROWS,
                f"{name}/rules.py": f"MOST = {most}\n",
            }
        )
        here.write({f"{name}/pitchpipe_local.py": LOCAL % ("import rules", "pass")})
    for name, left in (("one", 1), ("two", 2), ("one", 1)):
        here.run("prepare", f"{name}/recipe.yaml", "--name", name).assert_success()
        assert len(here.rows(f"runs/{name}/prepared/train.jsonl")) == left
    assert "rules" not in sys.modules


PACKAGED = LOCAL % ("from pkgzoo import rules\nimport helperlib", "pass")


@pytest.fixture
def packaged(project, tmp_path, monkeypatch, name_plugin):
    """A plugin whose entry point is one module of its package, beside a library that it imports."""
    site = tmp_path / "site"
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": ROWS})
    here.write({"site/pkgzoo/__init__.py": "", "site/pkgzoo/plugin.py": PACKAGED})
    here.write(
        {"site/pkgzoo/rules.py": "MOST = 10\n", "site/pkgzoo/deep/__init__.py": "", "site/helperlib.py": ""}
    )
    for name, points in (("pkgzoo", "[pitchpipe]\nzoo = pkgzoo.plugin\n"), ("helperlib", "")):
        here.write(
            {f"site/{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"}
        )
        here.write({f"site/{name}-1.0.dist-info/entry_points.txt": points})
    monkeypatch.setenv("PYTHONPATH", str(site))
    name_plugin("zoo")
    here.run("prepare", "recipe.yaml", process=True).assert_success()
    assert kept(here) == 1
    return here


def again(here):
    return " ".join(here.run("prepare", "recipe.yaml", process=True).assert_success().out.split())


def test_every_module_of_a_plugins_top_package_is_in_the_key(packaged):
    assert "already done" in again(packaged)
    packaged.write({"site/pkgzoo/rules.py": "MOST = 100\n"})
    assert "because of plugin zoo's code" in again(packaged)
    assert kept(packaged) == 2
    packaged.write({"site/pkgzoo/deep/__init__.py": "# new\n"})
    assert "because of plugin zoo's code" in again(packaged)


def test_a_package_that_a_plugin_imports_is_in_the_key_by_its_version(packaged):
    packaged.write({"site/helperlib.py": "# the same version\n"})
    assert "already done" in again(packaged)
    (packaged.folder / "site/helperlib-1.0.dist-info").rename(
        packaged.folder / "site/helperlib-1.1.dist-info"
    )
    packaged.write(
        {"site/helperlib-1.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: helperlib\nVersion: 1.1\n"}
    )
    assert "because of helperlib's version" in again(packaged)


# --- Filters of names and reasons that mean something to pitchpipe -------------------------------------

OWN_REPAIR = """
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("repair", repair)

def repair(conversation):
    return pp.drop("not the repair that was meant")
"""


def test_a_filter_of_ones_own_may_be_called_repair(project):
    recipe = "loaders:\n  - files: {path: rows.jsonl}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS, "pitchpipe_local.py": OWN_REPAIR})
    here.run("prepare", "recipe.yaml").assert_success()
    assert kept(here) == 2
    here.write({"recipe.yaml": recipe + "repair: {same_role: drop}\n"}).run(
        "check", "recipe.yaml"
    ).assert_success()
    both = "recipe.yaml:4: filters.1: 2 plugins offer a filter 'repair'"
    here.write({"recipe.yaml": recipe + "filters:\n  - repair\n"}).run("check", "recipe.yaml").assert_failed(
        both, "Write 'repair:repair' or 'pitchpipe_local:repair'"
    )
    here.write({"recipe.yaml": recipe + "filters:\n  - pitchpipe_local:repair\n"})
    here.run("prepare", "recipe.yaml").assert_failed("nothing is kept")
    assert kept(here) == 0


def test_ours_is_the_default_and_two_others_are_told_with_a_cure(project, install, rows):
    """What is installed changes no recipe: ours plays a part until it is left out."""
    here = project({"recipe.yaml": "loaders:\n  - files: {path: rows.jsonl}\n", "rows.jsonl": rows})
    for name in ("mender", "other"):
        install(name, OWN_REPAIR.replace('"repair", repair', f'"mend_{name}", repair, default_for="repair"'))
    assert "filter repair" in here.run("check", "recipe.yaml").assert_success().out
    here.run("check", "recipe.yaml", PITCHPIPE_BLOCK="repair").assert_failed(
        "2 plugins offer the default filter for repair", "PITCHPIPE_BLOCK=other"
    )
    out = here.run("check", "recipe.yaml", PITCHPIPE_BLOCK="repair,other").assert_success().out
    assert "filter mend_mender" in out
    here.run("check", "recipe.yaml", "--set", "repair=false").assert_success()


COMPARES = """
import numpy as np

import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("pairs", Pairs)

class Pairs:
    def sketch(self, conversations):
        return [conversation.meta["pair"].encode() for conversation in conversations]

    def compare(self, sketches):
        names = [sketches[row] for row in range(len(sketches))]
        rows = [row for row, name in enumerate(names) if names.index(name) < row]
        of = [names.index(names[row]) for row in rows]
        return pp.Related("in a sort: of pairs", np.array(rows, int), np.array(of, int))
"""


def test_a_reason_is_only_words(project):
    """What binds rows together is a field: words that look like it change nothing."""
    rows = [{"instruction": f"Say {n}.", "output": f"{n}", "pair": str(n % 40)} for n in range(80)]
    recipe = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - pairs: {action: tag}\nsplit: {train: 0.5, test: 0.5}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows, "pitchpipe_local.py": COMPARES})
    here.run("prepare", "recipe.yaml").assert_success()
    sides = {}
    for side in ("train", "test"):
        for row in here.rows(f"runs/recipe/prepared/{side}.jsonl"):
            sides.setdefault(row["meta"]["pair"], set()).add(side)
    assert len(sides) == 40 and all(len(found) == 1 for found in sides.values())
    assert {side for found in sides.values() for side in found} == {"train", "test"}
    first = here.rows("runs/recipe/ledger.jsonl")[0]
    assert (first["fate"], first["reason"]) == ("tagged", "in a sort: of pairs: of rows.jsonl:1")
