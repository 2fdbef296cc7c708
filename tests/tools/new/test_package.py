"""A plugin author's path: `pitchpipe new`, pip install -e, its own test, a recipe that uses it."""

import os
import subprocess
import sysconfig
import venv
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


def call(environment, folder, *command, code=0):
    variables = os.environ | {"COLUMNS": "160", "PATH": f"{environment}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=variables, timeout=300)
    assert done.returncode == code, f"$ {' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.mark.parametrize("kind", OFFERS)
def test_a_new_plugin_is_installed_tested_and_used(environment, tmp_path, kind, name_plugin):
    python = str(environment / "python")
    name = "short_answers" if kind == "filter" else f"my_{kind}"
    folder = f"pitchpipe-{name.replace('_', '-')}"
    said = call(environment, tmp_path, python, "-m", "pitchpipe", "new", kind, name)
    assert f"pip install -e {folder}" in said
    pip = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-build-isolation",
        "--no-deps",
    ]
    call(environment, tmp_path, *pip, "-e", folder)
    name_plugin(name)
    assert " passed" in call(
        environment, tmp_path, python, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder
    )
    shown = {
        "stage": (["plugins"], f"{name} {folder} 0.1.0"),
        "command": (["my-command", "--help"], "Usage: python -m pitchpipe my-command"),
    }
    arguments, words = shown.get(
        kind, (["show", kind, name], f"{kind} '{name}' of plugin '{name}' ({folder} 0.1.0)")
    )
    assert f"pitchpipe {' '.join(arguments)}" in said
    answer = call(environment, tmp_path, python, "-m", "pitchpipe", *arguments)
    assert words in " ".join(answer.split())


def test_a_recipe_uses_two_new_plugins(environment, tmp_path, name_plugin):
    python = str(environment / "python")
    recipe = (
        "requires: [pitchpipe-brief>=0.1]\nmodel: tiny\ntemplate: plainly\n"
        "loaders:\n  - files: {path: rows.jsonl}\nfilters:\n  - brief: {max_chars: 5}\n"
    )
    (tmp_path / "recipe.yaml").write_text(recipe)
    (tmp_path / "rows.jsonl").write_text(
        '{"instruction": "Hi", "output": "Hello"}\n{"instruction": "Hi", "output": "Hello!"}\n'
    )
    assert "'pitchpipe-brief' is not installed: pip install 'pitchpipe-brief>=0.1'" in call(
        environment, tmp_path, python, "-m", "pitchpipe", "check", "recipe.yaml", code=2
    )
    for kind, name in (("filter", "brief"), ("template", "plainly")):
        call(environment, tmp_path, python, "-m", "pitchpipe", "new", kind, name)
        call(
            environment,
            tmp_path,
            python,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-build-isolation",
            "--no-deps",
            "-e",
            f"pitchpipe-{name}",
        )
        name_plugin(name)
    call(environment, tmp_path, python, "-m", "pitchpipe", "prepare", "recipe.yaml")
    assert "USER: Hi" in call(environment, tmp_path, python, "-m", "pitchpipe", "peek", "recipe.yaml")
    assert "chars too high" in (tmp_path / "runs/recipe/ledger.jsonl").read_text()


def test_nothing_is_overwritten(project):
    here = project()
    here.run("new", "filter", "brief").assert_success()
    here.run("new", "filter", "brief").assert_failed("pitchpipe-brief is there already")
    here.run("new", "filter", "Not-A-Name").assert_failed("'Not-A-Name' cannot be a component's name")
    here.run("new", "fliter", "brief").assert_failed("Invalid value for 'KIND'")
