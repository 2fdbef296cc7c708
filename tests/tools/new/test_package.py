"""A plugin author's path: `pitchpipe new`, pip install -e, its own test, a recipe that uses it."""

import os
import re
import subprocess
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from pitchpipe_tools.new.package import OFFERS


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Path:
    """A virtual environment of its own that also sees what is installed in this one."""
    folder = tmp_path_factory.mktemp("author") / "venv"
    venv.create(folder, with_pip=True)
    (site,) = folder.glob("lib/python*/site-packages")
    parent = sysconfig.get_paths()["purelib"]
    (site / "parent.pth").write_text(f"import site; site.addsitedir({parent!r})\n")
    return folder / "bin"


def call(environment, folder, module, *arguments, code=0, plugins=()):
    """What `python -m module` says in that environment, where a host that asks for names knows these plugins."""
    variables = os.environ | {"COLUMNS": "160", "PATH": f"{environment}:{os.environ['PATH']}"}
    if "PITCHPIPE_PLUGINS" in os.environ:
        variables["PITCHPIPE_PLUGINS"] = ",".join(plugins)
    command = [str(environment / "python"), "-m", module, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=variables, timeout=300)
    assert code in (None, done.returncode), f"$ {' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def pip_install(environment, folder, *packages):
    options = ["--quiet", "--disable-pip-version-check", "--no-build-isolation", "--no-index"]
    call(environment, folder, "pip", "install", *options, *(f"--editable={package}" for package in packages))


NAMES = {kind: "short_answers" if kind == "filter" else f"my_{kind}" for kind in OFFERS}
FOLDERS = {kind: f"pitchpipe-{name.replace('_', '-')}" for kind, name in NAMES.items()}


@dataclass
class Written:
    """A package of each kind: where they lie, what `new` said of each, and what their own tests said."""

    folder: Path
    said: dict[str, str]
    tested: str


@pytest.fixture(scope="module")
def written(environment, tmp_path_factory) -> Written:
    folder = tmp_path_factory.mktemp("packages")
    said = {kind: call(environment, folder, "pitchpipe", "new", kind, name) for kind, name in NAMES.items()}
    pip_install(environment, folder, *FOLDERS.values())
    options = ["-q", "-rA", "-p", "no:cacheprovider", "--rootdir", "."]
    tested = call(
        environment, folder, "pytest", *options, *FOLDERS.values(), code=None, plugins=NAMES.values()
    )
    return Written(folder, said, tested)


@pytest.mark.slow(seconds=30)
@pytest.mark.parametrize("kind", OFFERS)
def test_a_new_plugin_is_installed_tested_and_used(environment, written, kind):
    name, folder = NAMES[kind], FOLDERS[kind]
    assert f"pip install -e {folder}" in written.said[kind]
    outcomes = re.findall(rf"^([A-Z]+) {folder}/", written.tested, re.M)
    assert outcomes and set(outcomes) == {"PASSED"}, written.tested
    shown = {
        "stage": (["plugins"], f"{name} {folder} 0.1.0"),
        "command": (["my-command", "--help"], "Usage: pitchpipe my-command"),
    }
    component = ["show", kind, name], f"{kind} '{name}' of plugin '{name}' ({folder} 0.1.0)"
    arguments, words = shown.get(kind, component)
    assert f"pitchpipe {' '.join(arguments)}" in written.said[kind]
    answer = call(environment, written.folder, "pitchpipe", *arguments, plugins=[name])
    assert words in " ".join(answer.split())


@pytest.mark.slow(seconds=30)
def test_a_recipe_uses_two_new_plugins(environment, tmp_path):
    recipe = (
        "requires: [pitchpipe-brief>=0.1]\nmodel: tiny\ntemplate: plainly\n"
        "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - brief: {max_chars: 5}\n"
    )
    (tmp_path / "recipe.yaml").write_text(recipe)
    (tmp_path / "rows.jsonl").write_text(
        '{"instruction": "Hi", "output": "Hello"}\n{"instruction": "Hi", "output": "Hello!"}\n'
    )
    assert "'pitchpipe-brief' is not installed: pip install 'pitchpipe-brief>=0.1'" in call(
        environment, tmp_path, "pitchpipe", "check", "recipe.yaml", code=2
    )
    new = {"brief": "filter", "plainly": "template"}
    for name, kind in new.items():
        call(environment, tmp_path, "pitchpipe", "new", kind, name)
    pip_install(environment, tmp_path, *(f"pitchpipe-{name}" for name in new))
    call(environment, tmp_path, "pitchpipe", "prepare", "recipe.yaml", plugins=new)
    assert "USER: Hi" in call(environment, tmp_path, "pitchpipe", "peek", "recipe.yaml", plugins=new)
    assert "chars too high" in (tmp_path / "runs/recipe/ledger.jsonl").read_text()


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("filter", "length", "there is a filter 'length' already, of plugin 'filters' (pitchpipe "),
        ("trainer", "loaders", "there is a plugin 'loaders' already, of plugin 'loaders' (pitchpipe "),
        ("command", "check", "there is a command 'check' already, of plugin 'tools'"),
        ("stage", "train", "there is a stage 'train' already, of plugin 'stages'"),
    ],
)
def test_a_name_that_is_taken_is_refused(project, kind, name, said):
    here = project()
    here.run("new", kind, name).assert_failed(said, f"Choose another name, as in my_{name}")
    assert not list(here.folder.iterdir())


def test_a_name_of_another_kind_and_of_the_plugin_beside_the_recipe_is_free(project):
    local = "import pitchpipe as pp\n@pp.hookimpl\ndef register_filters(register): register('brief', len)\n"
    here = project({"pitchpipe_local.py": local})
    here.run("new", "filter", "brief").assert_success()
    here.run("new", "template", "length").assert_success()


def test_nothing_is_overwritten(project):
    here = project()
    here.run("new", "filter", "brief").assert_success()
    here.run("new", "filter", "brief").assert_failed("pitchpipe-brief is there already")
    here.run("new", "filter", "Not-A-Name").assert_failed("'Not-A-Name' cannot be a component's name")
    here.run("new", "fliter", "brief").assert_failed("Invalid value for 'KIND'")
