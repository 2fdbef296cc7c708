"""CONTRIBUTING.md does what it shows: files are written, packages are installed, commands are called."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import ROOT, assert_shows, sections

PAGE = "CONTRIBUTING.md"
INSTALL = ("pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation")
PACKAGES = (
    "core/pitchpipe", "plugins/pitchpipe_stages", "plugins/pitchpipe_components", "plugins/pitchpipe_tools",
)  # fmt: skip


class Reader:
    """Somebody who types what a page shows. Packages are installed into a folder that only commands see."""

    def __init__(self, folder, name_plugin):
        self.folder, self.site, self.name_plugin = folder, folder / "site", name_plugin

    def type(self, command):
        program, *arguments = command
        return getattr(self, program)(*arguments)

    def pitchpipe(self, *arguments):
        return self.python("pitchpipe", *arguments)

    def pytest(self, *arguments):
        return self.python("pytest", "-p", "no:cacheprovider", *arguments)

    def pip(self, *arguments):
        install, editable, package = arguments
        assert (install, editable) == ("install", "-e")
        self.name_plugin(package.removeprefix("pitchpipe-").replace("-", "_"))
        return self.python(*INSTALL, "--target", str(self.site), f"./{package}")

    def cat(self, file):
        return 0, (self.folder / file).read_text("utf-8")

    def python(self, module, *arguments):
        path = os.pathsep.join(filter(None, [str(self.site), os.environ.get("PYTHONPATH")]))
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.folder, capture_output=True, text=True, timeout=300,
            env=os.environ | {"PYTHONPATH": path, "COLUMNS": "160", "HF_HUB_OFFLINE": "1"},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("section", sections(PAGE), ids=lambda section: section.title)
def test_a_section_does_what_it_shows(project, name_plugin, section):
    reader = Reader(project(section.files).folder, name_plugin)
    for command, output in section.commands:
        code, shown = reader.type(command)
        assert code == (2 if output.startswith("pitchpipe: ") else 0), f"{command}\n{shown}"
        assert_shows(output, shown)


def test_the_walk_is_walked():
    walk = next(section for section in sections(PAGE) if section.title.startswith("A walk"))
    assert {command[0] for command, _ in walk.commands} == {"pitchpipe", "pip", "pytest", "cat"}


def test_the_map_is_the_tree():
    (tree,) = re.findall(r"## The map of the house.*?```text\n(.*?)```", page(PAGE), re.S)
    found, package = set(), Path()
    for indent, folder in re.findall(r"^( *)(\S+)/ ", tree, re.M):
        package = package if indent else Path(folder)
        found.add(package / folder if indent else package)
    rooms = {
        file.parent.relative_to(ROOT) for name in PACKAGES for file in ROOT.glob(f"{name}/*/__init__.py")
    }
    assert found == rooms | set(map(Path, PACKAGES))


def page(name):
    return (ROOT / name).read_text("utf-8")
