"""Help is instant, light commands import nothing heavy, and core knows no plugin."""

import re
import subprocess
import sys

import pytest

from tests.documents import ROOT

HEAVY = ("torch", "transformers", "datasets", "numpy", "trl", "peft", "accelerate", "tokenizers")


@pytest.mark.parametrize(
    "command",
    [["--help"], ["check", "quickstart"], ["plugins"], ["schema"], ["recipes"], ["show", "trainer", "sft"]],
)
def test_nothing_heavy_is_imported(command, tmp_path):
    program = (
        "import sys\n"
        f"sys.argv = ['pitchpipe', *{command!r}]\n"
        "from pitchpipe.cli import main\n"
        "main()\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1:] == ["HEAVY []"], done.stdout[-500:] + done.stderr


def test_help_imports_hardly_anything():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pitchpipe", "--help"], capture_output=True, text=True
    )
    imported = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert "pitchpipe_tools" in imported  # commands come from plugins, and no other plugin is asked for them
    assert not imported & {"yaml", "rich", "numpy", "pitchpipe_components"}


def test_core_knows_no_plugin():
    for path in (ROOT / "core").rglob("*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"^\s*(import|from) pitchpipe_(components|stages|tools)", text, re.M), path
