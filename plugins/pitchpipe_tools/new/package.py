"""Writes the package of a new plugin: its code, a test that passes at once, a README."""

import re
from pathlib import Path
from string import Template

from pitchpipe import __version__
from pitchpipe.errors import PitchpipeError

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "pitchpipe-$dashed"
version = "0.1.0"
description = "A pitchpipe plugin: the $kind $name."
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

A pitchpipe plugin that offers the $kind `$name`.

    pip install pitchpipe-$dashed
    pitchpipe show $kind $name
"""


def write_package(kind: str, name: str, where: Path) -> Path:
    """The folder of the new package. Nothing that exists is touched."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise PitchpipeError(f"'{name}' cannot be a component's name: lower case letters, digits and _")
    dashed = name.replace("_", "-")
    folder = where / f"pitchpipe-{dashed}"
    if folder.exists():
        raise PitchpipeError(f"{folder} is there already")
    names = {
        "kind": kind,
        "name": name,
        "dashed": dashed,
        "version": __version__,
        "hook": f"register_{kind}s",
    }
    names["class_name"] = "".join(part.capitalize() for part in name.split("_"))
    source = (Path(__file__).parent / "templates" / f"{kind}.txt").read_text("utf-8")
    code, test = source.split("# --- test ---\n")
    folder.mkdir(parents=True)
    files = {
        f"pitchpipe_{name}.py": code.rstrip() + "\n",
        f"test_{name}.py": test,
        "pyproject.toml": PYPROJECT,
        "README.md": README,
    }
    for file, text in files.items():
        (folder / file).write_text(Template(text).substitute(names), "utf-8")
    return folder
