"""The wheel, in a bare environment: light to install, whole in what it carries."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.documents import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory) -> Path:
    """An environment that holds the wheel and its base dependencies, and nothing else."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(folder)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet"]
    constraints = ["--disable-pip-version-check", "--constraint", ROOT / "constraints.txt"]
    subprocess.run([*pip, *constraints, wheel], check=True, capture_output=True)
    return folder / "bin"


def run(bare, folder, *arguments):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        [bare / "pitchpipe", *arguments], cwd=folder, capture_output=True, text=True, env=clean
    )


def test_the_wheel_carries_all_that_the_quickstart_needs(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    base = "pitchpipe_components/models/tiny/base"
    for name in (
        "pitchpipe/recipes/quickstart.yaml",
        "pitchpipe/recipes/data/quickstart-alpaca.jsonl",
        "pitchpipe/recipes/data/quickstart-chats.jsonl",
        "pitchpipe_tools/new/templates/filter.txt",
        "pitchpipe/py.typed",
        f"{base}/model.safetensors",
        f"{base}/tokenizer.json",
    ):
        assert name in names
    assert not [name for name in names if name.startswith(("tests/", "core/", "plugins/"))]
    assert wheel.stat().st_size < 5 << 20


def test_a_bare_environment_has_no_torch_and_works(bare, tmp_path):
    for arguments in (
        ["--help"],
        ["plugins"],
        ["recipes"],
        ["schema"],
        ["doctor"],
        ["show", "trainer", "sft"],
    ):
        done = run(bare, tmp_path, *arguments)
        assert done.returncode == 0, done.stderr
    assert "missing" in run(bare, tmp_path, "doctor").stdout
    done = run(bare, tmp_path, "check", "quickstart")
    assert done.returncode == 0 and "sound" in done.stdout
    assert (
        "trainer 'sft' needs torch and transformers and trl and accelerate and datasets: pip install 'pitchpipe[train]'"
        in done.stdout
    )


def test_what_needs_an_extra_stops_with_the_cure(bare, tmp_path):
    done = run(bare, tmp_path, "run", "quickstart")
    assert (
        done.returncode == 2
        and "pip install 'pitchpipe[train]'" in done.stderr
        and "Traceback" not in done.stderr
    )
    assert not (tmp_path / "runs").exists()


def test_data_is_prepared_and_peeked_at_without_an_extra(bare, tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"instruction": "Hi", "output": "Hello"}\n')
    (tmp_path / "recipe.yaml").write_text("loaders:\n  - files: {path: rows.jsonl}\nfilters: [length]\n")
    done = run(bare, tmp_path, "prepare", "recipe.yaml")
    assert done.returncode == 0, done.stderr
    done = run(bare, tmp_path, "peek", "quickstart")
    assert done.returncode == 0 and ">HELLO" not in done.stdout and "no tokens to show" in done.stdout, (
        done.stderr
    )
