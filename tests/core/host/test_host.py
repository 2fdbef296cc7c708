"""The host: a plugin that fails never kills the tool and is never skipped in silence."""

import json

import pytest

RECIPE = "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - %s\n"
FILTER = """
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("shout", shout)

def shout(conversation, *, loud: bool = True):
    "Keep everything."
    return conversation
"""


def plugin_of(project, name):
    listed = json.loads(project().run("plugins", "--json").assert_success().out)
    return next(plugin for plugin in listed if plugin["name"] == name)


def test_an_installed_plugin_is_used_by_a_recipe(project, install, rows):
    install("zoo", FILTER)
    here = project({"recipe.yaml": RECIPE % "shout: {loud: false}", "rows.jsonl": rows})
    here.run("check", "recipe.yaml").assert_success()
    plugin = plugin_of(project, "zoo")
    assert (
        plugin["offers"] == {"filter": ["shout"]} and plugin["version"] == "1.0" and plugin["error"] is None
    )


def test_a_broken_plugin_is_shown_and_every_command_works(project, install, rows):
    install("broken", "import a_module_that_is_not_there\n")
    here = project({"recipe.yaml": RECIPE % "length", "rows.jsonl": rows})
    for command in (
        ["--help"],
        ["check", "recipe.yaml"],
        ["prepare", "recipe.yaml"],
        ["recipes"],
        ["schema"],
        ["doctor"],
    ):
        here.run(*command).assert_success()
    shown = here.run("plugins").assert_success().out
    assert (
        "failed: plugin 'broken' (pitchpipe-broken 1.0): ModuleNotFoundError: No module named 'a_module_that_is_not_there'"
        in shown
    )
    assert "pitchpipe_broken.py:1" in shown


def test_a_recipe_that_needs_a_broken_plugin_stops_with_the_original_error(project, install, rows):
    install("broken", "raise RuntimeError('the licence has run out')\n")
    here = project({"recipe.yaml": RECIPE % "from_broken", "rows.jsonl": rows})
    here.run("run", "recipe.yaml").assert_failed(
        "recipe.yaml:4: filters.1: no filter 'from_broken'.",
        "plugin 'broken' (pitchpipe-broken 1.0) might offer it, but failed: RuntimeError: the licence has run out",
    )


def test_a_plugin_that_exits_is_fenced_too(project, install):
    install("leaver", "import sys; sys.exit(3)\n")
    assert plugin_of(project, "leaver")["error"].startswith("SystemExit: 3")


def test_two_plugins_that_offer_one_name(project, install, rows):
    install("ape", FILTER)
    install("bee", FILTER)
    here = project({"recipe.yaml": RECIPE % "shout", "rows.jsonl": rows})
    here.run("check", "recipe.yaml").assert_failed(
        "recipe.yaml:4: filters.1: 2 plugins offer a filter 'shout': 'ape' (pitchpipe-ape 1.0) and"
        " 'bee' (pitchpipe-bee 1.0). Write 'ape:shout' or 'bee:shout'."
    )
    here.write({"recipe.yaml": RECIPE % '"bee:shout"'}).run("check", "recipe.yaml").assert_success()
    here.write({"recipe.yaml": RECIPE % '"bee:shuot"'}).run("check", "recipe.yaml").assert_failed(
        "Did you mean 'bee:shout'?"
    )
    here.run("show", "filter", "ape:shout").assert_success()


ROGUE = """
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("length", nothing)
    register("exact_duplicates", nothing)
    register("repair", nothing, default_for="repair")
    register("own_profile", pp.profile(["length"], "Means its own length."))

def nothing(conversation):
    "Drop everything."
    return pp.drop("rogue")
"""


@pytest.mark.parametrize("beside", [False, True], ids=["installed", "beside the recipe"])
def test_a_plugin_changes_no_name_of_others(project, install, rows, beside):
    here = project({"recipe.yaml": RECIPE % "sft_default", "rows.jsonl": rows})
    if beside:
        here.write(
            {"pitchpipe_local.py": ROGUE.replace('"repair", nothing, default_for="repair"', '"x", nothing')}
        )
    else:
        install("rogue", ROGUE)
    here.run("prepare", "recipe.yaml").assert_success()
    assert "rogue" not in here.read("runs/recipe/ledger.jsonl")
    here.write({"recipe.yaml": RECIPE % "own_profile"}).run("prepare", "recipe.yaml").assert_failed(
        "rogue (2)"
    )
    assert here.read("runs/recipe/ledger.jsonl").count('"rogue"') == len(rows)


def test_a_bare_name_is_ours_and_the_schema_says_so(project, install, rows):
    install("rogue", ROGUE)
    here = project({"recipe.yaml": RECIPE % "length: {min_reply_chars: 2}", "rows.jsonl": rows})
    here.run("check", "recipe.yaml").assert_success()
    here.write({"recipe.yaml": RECIPE % "rogue:length"}).run("prepare", "recipe.yaml").assert_failed(
        "rogue (2)"
    )
    assert here.read("runs/recipe/ledger.jsonl").count('"rogue"') == len(rows)
    filters = json.loads(here.run("schema").assert_success().out)["properties"]["filters"]["items"]["anyOf"][
        1
    ]
    described = {name: entry["description"] for name, entry in filters["properties"].items()}
    assert (
        described["rogue:length"] == "Drop everything." != described["length"] == described["filters:length"]
    )
    assert "rogue:length, rogue:exact_duplicates, rogue:repair, own_profile" in here.run("plugins").out


def test_a_name_of_the_recipes_own_plugin_that_is_ours_too_is_told(project, rows):
    here = project(
        {
            "recipe.yaml": RECIPE % "length",
            "rows.jsonl": rows,
            "pitchpipe_local.py": ROGUE.replace(', default_for="repair"', ""),
        }
    )
    here.run("check", "recipe.yaml").assert_failed("Write 'filters:length' or 'pitchpipe_local:length'")


def test_two_distributions_with_one_plugin_name(project, install):
    install("zoo", FILTER)
    install("zoo", FILTER, distribution="another-zoo")
    listed = json.loads(project().run("plugins", "--json").assert_success().out)
    errors = [plugin["error"] for plugin in listed if plugin["name"] == "zoo"]
    assert errors == [None, "PluginProblem: the name 'zoo' is taken by another-zoo 1.0"]


def test_pluggys_silent_traps_are_closed(project, install):
    cases = {
        "misspelt": ("@pp.hookimpl\ndef register_filter(register): pass\n", "unknown hook 'register_filter'"),
        "unmarked": (
            "def register_filters(register): pass\n",
            "the function register_filters lacks its mark, @pp.hookimpl",
        ),
        "empty": ("x = 1\n", "it defines no hook: is @pp.hookimpl missing?"),
        "greedy": ("@pp.hookimpl\ndef register_filters(register, more): pass\n", "more"),
        "badname": (
            "@pp.hookimpl\ndef register_filters(register): register('Bad Name', len)\n",
            "a name is lower case",
        ),
        "nothing": (
            "@pp.hookimpl\ndef register_filters(register): register('thing', 3)\n",
            "a component is callable, not 3",
        ),
        "odd": (
            "@pp.hookimpl\ndef register_filters(register): register('x', odd)\ndef odd(c, *, k: object() = None): pass\n",
            "option 'k'",
        ),
        "unknown": (
            "@pp.hookimpl\ndef register_filters(register): register('x', odd)\ndef odd(c, *, k: 'Foo' = None): pass\n",
            "name 'Foo' is not defined",
        ),
        "twice": (
            "@pp.hookimpl\ndef register_filters(register):\n  register('x', len)\n  register('x', len)\n",
            "'x' is offered twice",
        ),
    }
    for name, (code, _) in cases.items():
        install(name, "import pitchpipe as pp\n" + code)
    listed = {p["name"]: p for p in json.loads(project().run("plugins", "--json").assert_success().out)}
    for name, (_, message) in cases.items():
        assert message in listed[name]["error"], name
        assert listed[name]["offers"] == {}


def test_what_a_failing_plugin_offered_first_is_taken_back(project, install, rows):
    install("half", FILTER.replace('register("shout", shout)', 'register("shout", shout); 1 / 0'))
    here = project({"recipe.yaml": RECIPE % "shout", "rows.jsonl": rows})
    here.run("check", "recipe.yaml").assert_failed("no filter 'shout'", "ZeroDivisionError")


def test_a_file_beside_the_recipe_is_a_plugin(project, rows):
    here = project({"recipe.yaml": RECIPE % "shout", "rows.jsonl": rows, "pitchpipe_local.py": FILTER})
    here.run("prepare", "recipe.yaml").assert_success()
    assert plugin_of(project, "pitchpipe_local")["offers"] == {"filter": ["shout"]}


def test_control_of_what_is_loaded(project, install, rows):
    install("zoo", FILTER)
    here = project({"recipe.yaml": RECIPE % "shout", "rows.jsonl": rows})
    here.run("check", "recipe.yaml", PITCHPIPE_BLOCK="zoo").assert_failed("no filter 'shout'")
    here.run("check", "recipe.yaml", PITCHPIPE_PLUGINS="").assert_failed("no filter 'shout'")
    here.run("check", "recipe.yaml", PITCHPIPE_PLUGINS="zoo").assert_success()
    here.run("check", "recipe.yaml", PITCHPIPE_BLOCK="loaders").assert_failed("no loader 'files'")
    here.run("plugins", PITCHPIPE_BLOCK="zooo").assert_failed("no plugin 'zooo'. Did you mean 'zoo'?")
    install("broken", "1 / 0\n")
    here.run("plugins", PITCHPIPE_STRICT="1").assert_failed(
        "plugin 'broken' (pitchpipe-broken 1.0) failed: ZeroDivisionError"
    )


def test_load_order_is_by_name(project, install):
    for name in ("zebra", "aardvark"):
        install(name, FILTER)
    plugins = json.loads(project().run("plugins", "--json").out)
    own = [plugin["name"] for plugin in plugins if plugin["distribution"] == "pitchpipe"]
    assert [plugin["name"] for plugin in plugins] == [*sorted(own), "aardvark", "zebra"]


def test_a_missing_extra_is_said_with_its_cure(project, install, rows):
    needy = FILTER.replace("shout)", "shout, needs=('no_such_module',), extra='big')", 1)
    install("needy", needy)
    here = project({"recipe.yaml": RECIPE % "shout", "rows.jsonl": rows})
    words = "recipe.yaml:4: filter 'shout' needs no_such_module: pip install 'pitchpipe-needy[big]'"
    assert f"to run it here: {words}" in here.run("check", "recipe.yaml").assert_success().out
    here.run("run", "recipe.yaml").assert_failed(words)
