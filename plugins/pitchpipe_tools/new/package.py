"""Writes the package of a new plugin: its code, a test that passes at once, a README."""

import re
from pathlib import Path
from string import Template

from pitchpipe import __version__
from pitchpipe.errors import PitchpipeError
from pitchpipe.host.hookspecs import KINDS
from pitchpipe.host.host import Host

OFFERS = (*KINDS, "stage", "command")
TEMPLATES = Path(__file__).parent / "templates"

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "pitchpipe-$dashed"
version = "0.1.0"
description = "A pitchpipe plugin: the $kind $offered."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["pitchpipe>=$version"]

[project.entry-points.pitchpipe]
$name = "pitchpipe_$name"

[tool.hatch.build.targets.wheel]
only-include = ["pitchpipe_$name.py"]
"""

README = """\
# pitchpipe-$dashed

A pitchpipe plugin that offers the $kind `$offered`.

From this folder:

    pip install -e .
    $shown
"""


def write_package(kind: str, name: str, where: Path) -> Path:
    """The folder of the new package. Nothing that exists is touched."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise PitchpipeError(f"'{name}' cannot be a component's name: lower case letters, digits and _")
    _must_be_free(kind, name)
    names = _names(kind, name)
    folder = where / f"pitchpipe-{names['dashed']}"
    if folder.exists():
        raise PitchpipeError(f"{folder} is there already")
    folder.mkdir(parents=True)
    for file, text in _files(kind, name).items():
        (folder / file).write_text(Template(text).substitute(names), "utf-8")
    return folder


def _must_be_free(kind: str, name: str) -> None:
    """Refuses a name that an installed plugin has: in recipes it would go on meaning that one."""
    host, offered = Host.from_environment(), _dashed(name) if kind == "command" else name
    takers = [plugin for plugin in host.plugins if plugin.name == name]
    takers += [component.plugin for component in host.all(kind) if component.name == offered]
    takers += [command.plugin for command in host.commands() if (kind, command.name) == ("command", offered)]
    takers += [p for p in host.plugins for s in p.stages if (kind, s.name) == ("stage", offered)]
    if takers:
        what = f"{kind} '{offered}'" if takers[0].name != name else f"plugin '{name}'"
        raise PitchpipeError(
            f"there is a {what} already, of {takers[0]}. Choose another name, as in my_{name}"
        )


def shown_by(kind: str, name: str) -> str:
    """The command that shows the new stage, command or component."""
    words = {"stage": "plugins", "command": f"{_dashed(name)} --help"}
    return f"pitchpipe {words.get(kind, f'show {kind} {name}')}"


def _names(kind: str, name: str) -> dict[str, str]:
    """The names that stand in templates."""
    return {
        "kind": kind,
        "name": name,
        "dashed": _dashed(name),
        "offered": _dashed(name) if kind == "command" else name,
        "class_name": "".join(part.capitalize() for part in name.split("_")),
        "shown": shown_by(kind, name),
        "version": __version__,
    }


def _files(kind: str, name: str) -> dict[str, str]:
    """The templates of all files."""
    code, test = (TEMPLATES / f"{kind}.txt").read_text("utf-8").split("# --- test ---\n")
    return {
        f"pitchpipe_{name}.py": code.rstrip() + "\n",
        f"test_{name}.py": test,
        "pyproject.toml": PYPROJECT,
        "README.md": README,
    }


def _dashed(name: str) -> str:
    return name.replace("_", "-")
