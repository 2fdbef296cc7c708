"""What cannot be trained is refused before anything is loaded, or before the first step."""

import json
import shutil
from pathlib import Path

import pytest

from pitchpipe import PitchpipeError
from pitchpipe_components.models import Tiny, Transformers
from pitchpipe_stages.model.can_train import must_be_trainable
from tests.stages.model.test_untrained import loader_of

BASE = Path(Tiny().folder)
RECIPE = "template: alpaca\nloaders: [{files: {path: rows.jsonl}}]\ntrainer: sft\n"
ROWS = [{"instruction": "Hi", "output": "Hello"}]


def checked(project, recipe):
    return project({"recipe.yaml": recipe + RECIPE, "rows.jsonl": ROWS}).run("check", "recipe.yaml")


@pytest.mark.parametrize("quantize", ["nf4", "int8"])
def test_quantised_weights_need_an_adapter(quantize, project):
    model = f"model:\n  transformers: {{folder: {BASE}, quantize: {quantize}}}\n"
    checked(project, model).assert_failed(
        "recipe.yaml:1: model: the weights are quantised, and only an adapter"
    )
    checked(project, model + "adapter: lora\n").assert_success()


def test_so_do_weights_that_are_quantised_in_their_files(project, tmp_path):
    Transformers(folder=BASE, quantize="nf4").weights().save_pretrained(tmp_path / "small")
    for file in BASE.glob("token*"):
        shutil.copy(file, tmp_path / "small")
    checked(project, "model:\n  transformers: {folder: small}\n").assert_failed("the weights are quantised")
    with pytest.raises(PitchpipeError, match="only an adapter can be trained"):
        must_be_trainable(Transformers(folder=tmp_path / "small").weights())


@pytest.mark.parametrize("adapter", ["prefix", "prompt"])
def test_learned_tokens_before_a_row_need_rows_of_one_conversation(adapter, project):
    recipe = f"model: tiny\nadapter: {adapter}\n"
    checked(project, recipe + "collator: {packed: {length: 64}}\n").assert_failed("Use `collator: padded`")
    checked(project, recipe).assert_success()


@pytest.mark.parametrize("adapter", ["ia3", "prefix", "prompt"])
def test_tokens_that_are_new_need_an_adapter_that_learns_rows(adapter, project):
    with pytest.raises(
        PitchpipeError,
        match=r"learns no rows of tokens, and the base has never read <end_of_turn>, <start_of_turn>",
    ):
        loader_of(project, f"model: tiny\ntemplate: gemma\nadapter: {adapter}")
    loader = loader_of(
        project, f"model: tiny\ntemplate: chatml\nadapter: {adapter}"
    )  # they are in its tokenizer
    with pytest.raises(PitchpipeError, match=r"the base has never read <\|im_end\|>, <\|im_start\|>"):
        loader.to_train()


def test_a_saved_adapter_is_part_of_what_decides_a_training(project, tmp_path):
    from pitchpipe_components.adapters import Lora
    from pitchpipe_components.adapters.continued import Continued

    Lora(rank=2)(Tiny().weights(), []).save_pretrained(tmp_path / "first")
    files = Continued(folder=tmp_path / "first").inputs()
    assert {file.name for file in files} == {"adapter_config.json", "adapter_model.safetensors"}
    assert json.loads(files[0].read_text())["r"] == 2
    recipe = "model: tiny\nadapter:\n  continued: {folder: first}\n"
    checked(project, recipe).assert_success()
