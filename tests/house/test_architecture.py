"""The house: who may import whom, how large core is, and one name for one thing."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "pitchpipe"
PACKAGES = [CORE, *sorted((ROOT / "plugins").glob("pitchpipe_*"))]
BUDGET = 2960  # lines of core, the test kit apart


def test_the_contracts_of_imports_are_kept():
    """Layers, the door, independence of kinds, no circles: pyproject.toml, [tool.importlinter]."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "7 kept, 0 broken" in done.stdout


def test_core_stays_small():
    files = [file for file in CORE.rglob("*.py") if file.name != "testing.py"]
    assert len(files) > 25
    assert sum(len(file.read_text("utf-8").splitlines()) for file in files) <= BUDGET


def test_core_knows_no_component_stage_or_command():
    """Each of these names would be a thing that core gives to itself and to nobody else."""
    from pitchpipe.host.host import Host

    host = Host.from_environment()
    names = {component.name for kind in ("loader", "filter", "collator") for component in host.all(kind)}
    names |= {stage.name for stage in host.stages()} - {"train"}
    names |= {command.name for command in host.commands()} - {"run", "plugins", "check"}
    texts = [
        node.value
        for file in CORE.rglob("*.py")
        if file.name != "testing.py"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert len(names) > 40
    assert not names & set(texts)


def test_the_commands_of_every_day_import_nothing_heavy():
    code = (
        "import sys; from pitchpipe.cli import cli\n"
        "from pitchpipe.host.host import Host; Host.from_environment()\n"
        "cli.main(['--help'], standalone_mode=False)\n"
        "print(sorted({'numpy', 'torch', 'transformers', 'rich', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_two_classes_have_one_name():
    names: Counter[str] = Counter()
    for package in PACKAGES:
        for file in package.rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            names.update(node.name for node in tree.body if isinstance(node, ast.ClassDef))
    assert names.total() > 200
    assert [name for name, count in names.items() if count > 1] == []


def test_no_file_is_a_drawer():
    for package in PACKAGES:
        for file in package.rglob("*.py"):
            assert file.stem not in ("utils", "helpers", "common", "base", "manager", "misc"), file
            assert len(file.read_text("utf-8").splitlines()) <= 250, file
