"""Which model a recipe means, and what is wrong with it."""

from pathlib import Path

import pytest

from pitchpipe.errors import PitchpipeError
from pitchpipe_components.models import Tiny, Transformers

BASE = Path(Tiny().folder)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "say either the model's 'name' on the hub or the 'folder' that holds it"),
        (
            {"name": "a/b", "folder": BASE},
            "say either the model's 'name' on the hub or the 'folder' that holds it",
        ),
        ({"folder": Path("/nowhere")}, "no model in /nowhere: it holds no config.json"),
    ],
)
def test_which_model_is_meant(options, message):
    with pytest.raises(ValueError, match=message):
        Transformers(**options)


def test_a_model_that_cannot_be_had_is_a_short_error(project, rows):
    recipe = "model:\n  transformers: {name: nobody/nothing}\ntemplate: chatml\nloaders:\n  - files: {path: rows.jsonl}\n"
    outcome = project({"recipe.yaml": recipe, "rows.jsonl": rows}).run("prepare", "recipe.yaml")
    outcome.assert_failed("cannot load the model nobody/nothing")
    assert "Traceback" not in outcome.err


def test_a_padding_token_must_exist():
    with pytest.raises(PitchpipeError, match="pad_token '<nope>' is not in the vocabulary"):
        Transformers(folder=BASE, pad_token="<nope>").tokenizer()
    assert Transformers(folder=BASE, pad_token="<|im_end|>").tokenizer().pad_token == "<|im_end|>"


def test_what_identifies_a_folder(tmp_path):
    """Files that change while a process goes on are read anew; what only tells people of the model is not."""
    files = {"config.json": "{}", "model.safetensors": "w", "tokenizer.json": "t"}

    def changed(name, text):
        before = model.inputs()
        (tmp_path / name).write_text(text)
        return {part for part, value in model.inputs().items() if value != before[part]}

    for name, text in files.items():
        (tmp_path / name).write_text(text)
    model = Transformers(folder=tmp_path)
    assert changed("model.safetensors", "other") == {"weights"}
    assert changed("tokenizer.json", "other") == {"tokenizer"}
    assert changed("config.json", '{"a": 1}') == {"tokenizer", "weights"}
    assert changed("README.md", "A card.") == changed("merge.json", "{}") == set()
