"""What pages say to install can be installed: pitchpipe is in no index, so it comes from the checkout."""

import re

import pytest

from tests.documents import ROOT

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/index.md",
    "contrib/pitchpipe-code/README.md",
    "contrib/pitchpipe-card/README.md",
]
INSTALL = re.compile(r"pip install (?:-e )?'?([^\s'`]+)")
EXTRAS = re.compile(r"pitchpipe\[\w+\]")  # pip finds the pitchpipe that is installed, and adds to it
WRITTEN = {"pitchpipe-short-answers", "pitchpipe-took"}  # by `pitchpipe new`, on the page


@pytest.mark.parametrize("page", PAGES)
def test_what_is_installed_is_there(page):
    named = INSTALL.findall((ROOT / page).read_text("utf-8").replace("`pip install` it", ""))
    assert named
    first = re.sub(r"\[\w+\]$", "", named[0])
    assert (ROOT / first / "pyproject.toml").is_file(), f"{page} begins with {named[0]}"
    for name in named[1:]:
        path = ROOT / re.sub(r"\[\w+\]$", "", name)
        assert (path / "pyproject.toml").is_file() or EXTRAS.fullmatch(name) or name in WRITTEN, (
            f"{page}: {name}"
        )


def test_a_new_package_installs_from_its_folder(project):
    here = project()
    here.run("new", "filter", "brief").assert_success()
    assert INSTALL.findall(here.read("pitchpipe-brief/README.md")) == ["."]
