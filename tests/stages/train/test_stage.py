"""Training as a stage: it needs rows, and stops where numbers end."""

import re
import shutil
from pathlib import Path

import pytest

from pitchpipe_components.models import Tiny
from tests.started import ROWS, TRAINED

BASE = Path(Tiny().folder)
FULL = TRAINED.replace("adapter: lora\n", "")


def options(**values):
    return [word for name, value in values.items() for word in ("--set", f"trainer.sft.{name}={value}")]


@pytest.mark.slow
def test_training_that_goes_astray_stops_however_often_it_is_tried(project):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    wild = options(learning_rate=1e9, max_grad_norm=1e9, max_steps=12)
    for _ in range(2):
        outcome = here.run("run", "recipe.yaml", *wild)
        outcome.assert_failed("a lower learning_rate than 1e+09", "max_grad_norm: 1.0 holds back")
        assert "hint: --set: trainer.sft.max_grad_norm: 1e+09 is unusual: 0.3 to 1 is usual" in outcome.out
        assert re.search(r"step \d+: .* is not a finite number, at a learning rate of", outcome.err)
        assert "ready to load" not in outcome.out and not (here.folder / "runs/recipe/model").exists()


@pytest.mark.slow
def test_a_checkpoint_that_gives_no_numbers_is_not_gone_on_from(project):
    """Of half precision the weights stay finite and what comes out of them does not."""
    model = f"transformers: {{folder: {BASE}, dtype: float16}}"
    here = project({"recipe.yaml": TRAINED.replace("tiny", f"\n  {model}"), "rows.jsonl": ROWS})
    wild = options(checkpoint_every=1, learning_rate=1e3, max_grad_norm=1e9)
    for _ in range(2):
        outcome = here.run("run", "recipe.yaml", *wild)
        outcome.assert_failed("is not a finite number", "float16 has no numbers above 65,504")
        stopped = int(re.findall(r"step (\d+):", outcome.err)[0])
        sound = [
            int(mark.parent.name.split("-")[1]) for mark in here.folder.glob("runs/*/checkpoints/*/whole")
        ]
        assert sound == [] or max(sound) < stopped
        assert f"The last checkpoint, of step {max(sound)}, is sound" in outcome.err


@pytest.mark.slow
def test_a_base_that_holds_no_numbers_is_not_trained(project, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(BASE, tmp_path / "base")
    weights = load_file(folder / "model.safetensors")
    weights["model.layers.2.mlp.up_proj.weight"][7, 3] = float("nan")
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    recipe = TRAINED.replace("tiny", f"{{transformers: {{folder: {folder}}}}}")
    here = project({"recipe.yaml": recipe, "rows.jsonl": ROWS})
    here.run("run", "recipe.yaml").assert_failed(
        "the base model holds weights that are not finite numbers: model.layers.2.mlp.up_proj"
    )


MANY = ("--set", "split.train=0.5", "--set", "split.validation=0.1", "--set", "split.test=0.4")


@pytest.mark.slow
def test_a_tuned_model_that_is_worse_is_not_called_ready(project):
    here = project({"recipe.yaml": FULL, "rows.jsonl": ROWS})
    out = (
        here.run("run", "recipe.yaml", *options(learning_rate=1, warmup=0, max_steps=2), *MANY)
        .assert_success()
        .out
    )
    assert re.search(r"Tuning made the model worse: perplexity rose from \S+ to \S+", " ".join(out.split()))
    assert "Do not serve it." in out and "ready to load" not in out


@pytest.mark.slow
def test_a_tuned_model_that_does_not_end_its_replies_is_not_called_ready(project):
    here = project({"recipe.yaml": TRAINED, "rows.jsonl": ROWS})
    out = (
        here.run("run", "recipe.yaml", *options(learning_rate=1e-9, warmup=0, max_steps=1))
        .assert_success()
        .out
    )
    assert (
        "The tuned model does not end its replies: " in out
        and "answers to held-out prompts had to be cut" in out
    )
    assert "ready to load" not in out


def test_nothing_left_to_train_on(project, rows):
    here = project(
        {
            "recipe.yaml": TRAINED.replace("adapter: lora", "filters: [{length: {min_reply_chars: 99}}]"),
            "rows.jsonl": rows,
        }
    )
    here.run("run", "recipe.yaml").assert_failed(
        "nothing is kept: all 2 rows are lost. Most often: reply chars too low (2)."
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
    said = here.run("run", "recipe.yaml", "--workers", "2", process=True)
    said.assert_failed("the model's tokenizer is not the one that the data was prepared with", code=2)
    cure = next(line for line in said.err.splitlines() if "rm -r" in line).partition("rm -r ")[2]
    for folder in cure.partition(",")[0].split():
        shutil.rmtree(here.folder / folder)
    here.run("prepare", "recipe.yaml", "--workers", "1", process=True).assert_success()
    here.run("run", "recipe.yaml", "--workers", "2", process=True).assert_success()
