"""Help is instant, light commands import nothing heavy, and core knows no plugin."""

import json
import re
import subprocess
import sys

import pytest

from tests.documents import ROOT

HEAVY = {"torch", "transformers", "datasets", "numpy", "trl", "peft", "accelerate", "tokenizers"}


def imported_by(command, folder):
    """The modules that are in once a command has ended."""
    program = (
        "import sys\n"
        f"sys.argv = ['pitchpipe', *{command!r}]\n"
        "from pitchpipe.cli import main\n"
        "main()\n"
        "print('MODULES', *sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=folder)
    word, *names = (done.stdout.splitlines() or [""])[-1].split(" ")
    assert word == "MODULES", done.stdout[-500:] + done.stderr
    return set(names)


@pytest.mark.parametrize(
    "command",
    [["--help"], ["check", "quickstart"], ["plugins"], ["schema"], ["recipes"], ["show", "trainer", "sft"]],
)
def test_nothing_heavy_is_imported(command, tmp_path):
    assert not imported_by(command, tmp_path) & HEAVY


def test_preparing_loads_a_tokenizer_in_another_process(tmp_path):
    """It is there sooner without torch, and without torch no process could go on and train."""
    said = {"instruction": "Say it.", "output": "It."}
    (tmp_path / "rows.jsonl").write_text(json.dumps(said) + "\n", "utf-8")
    recipe = "model: tiny\ntemplate: chatml\nloaders:\n  - files: {path: rows.jsonl}\n"
    (tmp_path / "recipe.yaml").write_text(recipe, "utf-8")
    imported = imported_by(["prepare", "recipe.yaml", "--workers", "2"], tmp_path)
    assert imported & HEAVY <= {"numpy"}
    assert (tmp_path / "runs/recipe/prepared/train.ids").stat().st_size


def test_help_imports_hardly_anything(tmp_path):
    imported = imported_by(["--help"], tmp_path)
    assert "pitchpipe_tools.plugin" in imported  # commands come from plugins, and no other plugin is asked
    assert not imported & {"yaml", "msgspec", "rich", "pitchpipe.recipe", "pitchpipe.run"}
    assert not [name for name in imported if re.match(r"pitchpipe_(components|stages)\.", name)]


def test_core_knows_no_plugin():
    for path in (ROOT / "core").rglob("*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"^\s*(import|from) pitchpipe_(components|stages|tools)", text, re.M), path
