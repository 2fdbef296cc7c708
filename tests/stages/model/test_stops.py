"""Saved folders stop by themselves, in processes that know nothing of us; what cannot is told, with a cure."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import ROOT

NAMES = [
    "alpaca_short", "chatml", "gemma", "llama2", "llama3",
    "mistral", "phi3", "phi4", "vicuna", "zephyr",
]  # fmt: skip
# These end replies with a token that the base does not, or need tokens that it has no rows for.
TOLD = {"chatml", "gemma", "llama3", "mistral", "phi3", "phi4"}
RECIPE = """\
model: tiny
loaders:
  - files: {path: rows.jsonl}
template: chatml
split: {train: 1.0}
trainer:
  sft: {epochs: 1, batch_size: 4, learning_rate: 1e-3, warmup: 0.1}
"""
ADAPTER = "adapter: {lora: {rank: 16, save: adapter}}\n"
REPLY = "done"
ROWS = [{"instruction": "Say it.", "output": REPLY}] * 88


def trained(here, name, *more):
    """The folder of a model that was tuned under a template, and what the run said."""
    outcome = here.run("run", "recipe.yaml", "--name", name, "--set", f"template={name}", *more)
    return here.folder / "runs" / name / "model", outcome.assert_success().out


def answers(folders):
    """What each folder's model says, in one fresh process."""
    command = [sys.executable, "-m", "tests.stages.model.served", *map(str, folders)]
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        command, cwd=folders[0], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def assert_all_stop(found, loaders):
    wrong = {
        f"{Path(folder).parent.name}, {loader}": answer
        for folder, by_loader in found.items()
        for loader, answer in by_loader.items()
        if answer != [REPLY, True]
    }
    assert wrong == {}
    assert {loader for by_loader in found.values() for loader in by_loader} >= loaders


@pytest.mark.slow(seconds=30)
def test_a_whole_model_stops_by_itself(project):
    here = project({"recipe.yaml": RECIPE.replace("epochs: 1,", "epochs: 1.5,"), "rows.jsonl": ROWS})
    folders = [trained(here, name)[0] for name in NAMES]
    assert not any((folder / "README.md").exists() for folder in folders)
    assert_all_stop(answers(folders), {"plain", "pipeline"})


@pytest.mark.slow(seconds=35)
def test_an_adapter_stops_by_itself_or_its_card_says_how(project):
    here = project({"recipe.yaml": RECIPE.replace("1e-3", "4e-3") + ADAPTER, "rows.jsonl": ROWS})
    folders = []
    for name in NAMES:
        folder, out = trained(here, name)
        folders.append(folder)
        line = f'generation_config=GenerationConfig.from_pretrained("runs/{name}/model")'
        assert ((folder / "README.md").exists(), line in out) == (name in TOLD, name in TOLD)
    assert_all_stop(answers(folders), {"plain", "pipeline", "auto peft", "peft"})
