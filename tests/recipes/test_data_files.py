"""The data that recipes bring is what their scripts write, and small."""

import subprocess
import sys

import pytest

from tests.documents import ROOT

RECIPES = ROOT / "recipes"
DATA = RECIPES / "data"


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("sharegpt", "sharegpt"),
        ("flan", "flan"),
        ("preferences", "quickstart-pairs quickstart-judged"),
        ("prompts", "quickstart-prompts"),
        ("seeds", "quickstart-seeds"),
        ("replies", "quickstart-replies"),  # of the stand-in teacher: to be made anew when a prompt changes
    ],
)
def test_the_files_are_what_the_script_writes(script, names, tmp_path):
    subprocess.run([sys.executable, "-B", RECIPES / f"making/{script}.py", tmp_path], check=True)
    written = {
        path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    }
    shipped = {
        path.relative_to(DATA): path.read_bytes()
        for path in DATA.rglob("*")
        if path.is_file() and any(name in str(path.relative_to(DATA)) for name in names.split())
    }
    assert written and written == shipped


def test_the_files_are_small():
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 1_600_000
