"""Hints: few, and right."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RECIPE = """\
model:
  transformers: {name: someone/model-7b}
template: chatml
loaders:
  - files: {path: rows.jsonl}
collator:
  padded: {length: 2048}
trainer:
  sft:
    epochs: 3
"""


@pytest.fixture
def hints(project, rows):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": rows})

    def found(*changes, recipe="recipe.yaml"):
        sets = [word for change in changes for word in ("--set", change)]
        said = here.run("check", recipe, *sets).assert_success().out.splitlines()
        return [line.removeprefix("hint: ") for line in said if line.startswith("hint: ")]

    return found


@pytest.mark.parametrize("recipe", sorted(path.stem for path in ROOT.glob("recipes/*.yaml")))
def test_recipes_that_ship_give_none(hints, recipe, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "of a test")
    # What is to be generated first is told as that.
    assert [hint for hint in hints(recipe=recipe) if "rows.jsonl is not there yet" not in hint] == []


def test_a_rate_for_adapters_is_high_for_all_weights(hints):
    """It is the default, so the hint stands at the trainer."""
    words = (
        "trainer.sft.learning_rate: 0.0002, the default, is unusual: for all weights 1e-5 to 5e-5 is usual"
    )
    assert hints() == [f"recipe.yaml:9: {words}"]
    assert hints("adapter=lora") == hints("trainer.sft.learning_rate=2e-5") == []
    assert hints("model=tiny") == []  # a small model takes more, and yet not everything
    (told,) = hints("model=tiny", "trainer.sft.learning_rate=20")
    assert "learning_rate: 20 is unusual: up to 5e-3 is usual for a small model" in told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (("adapter=lora", "trainer.sft.learning_rate=1e-2"), "learning_rate: 0.01 is unusual: for low-rank"),
        (("adapter=lora", "trainer.sft.epochs=12"), "epochs: 12 is unusual: 1 to 5 are usual"),
        (("adapter.lora.rank=8", "adapter.lora.alpha=128"), "alpha: a strength of 16 is unusual"),
        (("adapter.lora.rank=1024", "adapter.lora.alpha=1024"), "rank: 1024 is unusual"),
        (("adapter.lora.dropout=0.5",), "dropout: 0.5 is unusual"),
        (("adapter=lora", "trainer.sft.max_steps=100", "trainer.sft.warmup=80"), "a share of warmup of 0.8"),
        (("adapter=lora", "trainer.sft.batch_size=1024"), "batch_size: a batch of 1024 is unusual"),
        (("adapter=lora", "trainer.sft.weight_decay=1"), "weight_decay: 1 is unusual"),
        (("adapter=lora", "trainer.sft.neftune=100"), "neftune: 100 is unusual: 5 to 15"),
        (("adapter=lora", "collator.padded.length=128"), "length: 128 is unusual"),
    ],
)
def test_what_is_unusual_is_told_with_what_is_usual(hints, changes, words):
    (found,) = hints(*changes)
    assert words in found and found.startswith("--set: ")


@pytest.mark.parametrize(
    "changes",
    [
        ("adapter.lora.rank=256", "adapter.lora.alpha=16", "adapter.lora.rslora=true"),
        ("adapter=lora", "trainer.sft.max_steps=1000", "trainer.sft.warmup=100"),
        ("trainer.sft.optimizer=adafactor", "trainer.sft.learning_rate=1e-3"),
        ("adapter.prompt.tokens=20", "trainer.sft.learning_rate=0.1"),
    ],
)
def test_what_is_usual_for_others_is_not_told(hints, changes):
    assert hints(*changes) == []


def test_preferences_have_their_own_usual_values(project, rows):
    recipe = RECIPE.replace("sft:\n    epochs: 3", "dpo:\n    epochs: 1")
    split = "split: {train: 0.9, validation: 0.1}\n"
    here = project({"recipe.yaml": split + recipe, "rows.jsonl": rows, "blind.yaml": recipe})

    def found(*changes, name="recipe.yaml"):
        sets = [word for change in changes for word in ("--set", change)]
        said = here.run("check", name, *sets).assert_success().out.splitlines()
        return [line.partition(": ")[2] for line in said if line.startswith("hint: ")]

    assert found() == found("adapter=lora") == []
    (rate,) = found("trainer.dpo.learning_rate=2e-4")
    assert "0.0002 is unusual: for all weights 5e-7 to 5e-6 is usual" in rate
    assert found("adapter=lora", "trainer.dpo.learning_rate=2e-4") == []
    assert "beta: 5 is unusual" in found("trainer.dpo.beta=5")[0]
    assert "epochs: 4 is unusual: 1 to 3 are usual" in found("trainer.dpo.epochs=4")[0]
    assert "no rows are held out for validation" in found(name="blind.yaml")[0]
    assert found("trainer={simpo: {beta: 5}}") == []
