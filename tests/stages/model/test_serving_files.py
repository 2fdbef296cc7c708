"""What is saved for servers beside the weights."""

import json
from types import SimpleNamespace

import pytest
from transformers import AutoTokenizer

from pitchpipe_components.adapters import Lora
from pitchpipe_components.models import Tiny
from pitchpipe_components.templates import DATA
from pitchpipe_stages.model.ends import Ends
from pitchpipe_stages.model.serving_files import save_for_serving, uncut
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.tokenizers import bytes_alone


@pytest.fixture
def training(tmp_path):
    said = []
    return SimpleNamespace(
        tokenizer=bytes_alone(), model=Tiny().weights(), new_tokens=[], folder=tmp_path / "model.new",
        console=SimpleNamespace(say=said.append), said=said,
    )  # fmt: skip


def saved(training, template="chatml", ends=None):
    """The folder, as training leaves it."""
    renderer = Renderer(writer_of(DATA[template]), training.tokenizer)
    ends = ends or Ends.of(training.model, training.tokenizer, renderer)
    training.model.save_pretrained(training.folder)
    save_for_serving(training, renderer, ends, 264, training.folder.parent / "model")
    return training.folder


def read(folder, name):
    return json.loads((folder / name).read_text("utf-8"))


def test_all_weights_have_every_end_wherever_a_server_looks(training):
    training.model.generation_config.eos_token_id = [5, 7]
    folder = saved(training)
    assert read(folder, "generation_config.json")["eos_token_id"] == [0, 3, 5, 7]
    assert read(folder, "config.json")["eos_token_id"] == [0, 3, 5, 7]
    assert AutoTokenizer.from_pretrained(folder).eos_token == "<|im_end|>"
    assert training.said == [] and not (folder / "README.md").exists()


def test_an_adapter_gets_no_config_of_a_model(training):
    """With one, Transformers would look for the base's weights beside the adapter."""
    training.model = Lora(rank=2)(training.model, [])
    folder = saved(training)
    assert read(folder, "generation_config.json")["eos_token_id"] == [0, 3]
    assert not (folder / "config.json").exists() and (folder / "README.md").exists()
    assert "Replies end with `<|im_end|>`" in training.said[0]


def test_a_word_that_a_config_calls_an_end_is_told(training):
    training.model.generation_config.eos_token_id = 72
    folder = saved(training)
    assert read(folder, "generation_config.json")["eos_token_id"] == [0, 3]
    assert "which is left out: 72 ('a')" in training.said[0]


def test_the_saved_tokenizer_cuts_and_pads_nothing(training):
    core = training.tokenizer.backend_tokenizer
    renderer_first = Renderer(writer_of(DATA["chatml"]), training.tokenizer)
    core.enable_truncation(max_length=5)
    core.enable_padding(length=8, pad_id=1, pad_token="<|pad|>")
    ends = Ends.of(training.model, training.tokenizer, renderer_first)
    training.model.save_pretrained(training.folder)
    save_for_serving(training, renderer_first, ends, 264, training.folder)
    written = read(training.folder, "tokenizer.json")
    assert (written["truncation"], written["padding"]) == (None, None)
    assert "cuts every text at 5 tokens; the one saved does not" in training.said[0]


def test_a_tokenizer_that_came_cutting_is_told_although_transformers_has_switched_it_off(tmp_path):
    tokenizer = bytes_alone()
    tokenizer.backend_tokenizer.enable_truncation(max_length=7)
    tokenizer.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert len(again("a" * 20)["input_ids"]) == 20  # a call sets it as the call wants
    assert "cuts every text at 7 tokens" in uncut(again)
    again.save_pretrained(tmp_path)
    assert not {"max_length", "stride", "truncation_strategy"} & set(read(tmp_path, "tokenizer_config.json"))
    assert uncut(again) == uncut(bytes_alone()) == ""
