"""Training as a stage: it needs rows, and a loss that is a number."""

import shutil

import pytest

from tests.started import ROWS, TRAINED


@pytest.mark.slow
def test_training_that_goes_astray_is_an_error(project):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    wild = [
        "--set",
        "trainer.sft.learning_rate=1e9",
        "--set",
        "trainer.sft.max_grad_norm=1e9",
        "--set",
        "trainer.sft.max_steps=12",
    ]
    here.run("run", "recipe.yaml", *wild).assert_failed("the loss is not a number: training went astray")


def test_nothing_left_to_train_on(project, rows):
    here = project(
        {
            "recipe.yaml": TRAINED.replace("adapter: lora", "filters: [{length: {min_reply_chars: 99}}]"),
            "rows.jsonl": rows,
        }
    )
    here.run("run", "recipe.yaml").assert_failed(
        "nothing is left to train on. Each row's reason stands in runs/recipe/ledger.jsonl"
    )


OTHER_WITHOUT_TORCH = """
from importlib.util import find_spec
import pitchpipe as pp
from pitchpipe_components.models.tiny import Tiny

@pp.hookimpl
def register_models(register):
    register("wavering", Wavering)

class Wavering(Tiny):
    def tokenizer(self):
        tokenizer = super().tokenizer()
        if find_spec("torch") is None:
            tokenizer.add_special_tokens({"additional_special_tokens": ["Say"]})
        return tokenizer
"""


@pytest.mark.slow
def test_a_tokenizer_that_is_another_without_torch_stops_training(project):
    recipe = TRAINED.replace("model: tiny", "model: wavering")
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS, "pitchpipe_local.py": OTHER_WITHOUT_TORCH})
    said = here.run("run", "recipe.yaml", "--processes", "2", process=True)
    said.assert_failed("the model's tokenizer is not the one that the data was prepared with", code=2)
    cure = next(line for line in said.err.splitlines() if "rm -r" in line).partition("rm -r ")[2]
    for folder in cure.partition(",")[0].split():
        shutil.rmtree(here.folder / folder)
    here.run("prepare", "recipe.yaml", "--processes", "1", process=True).assert_success()
    here.run("run", "recipe.yaml", "--processes", "2", process=True).assert_success()
