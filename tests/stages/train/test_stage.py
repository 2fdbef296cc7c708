"""Training as a stage: it needs rows, and a loss that is a number."""

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
