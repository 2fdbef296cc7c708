"""Why a model cannot be loaded is said in a line that holds the cure."""

import json
import shutil
from pathlib import Path

import pytest

from pitchpipe import PitchpipeError
from pitchpipe_components.models import Tiny, Transformers

BASE = Path(Tiny().folder)


def failure(folder, **options):
    with pytest.raises(PitchpipeError) as told:
        Transformers(folder=folder, **options).weights()
    message = str(told.value)
    assert message.startswith("cannot load the model") and "\n" not in message
    return message


@pytest.fixture
def copy(tmp_path):
    """A copy of the tiny model whose config may be changed."""

    def copied(**config):
        folder = shutil.copytree(BASE, tmp_path / "base")
        said = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(said | config))
        return folder

    return copied


@pytest.mark.parametrize("attention", ["flash_attention_2", "flash_atention_2", "nobody/nothing"])
def test_an_attention_that_is_not_there(attention):
    message = failure(BASE, attention=attention)
    assert f"with attention {attention}" in message
    assert message.endswith("Leave out `attention`: sdpa, the default, needs no other package.")


def test_a_padding_token_one_past_the_rows(copy):
    message = failure(copy(pad_token_id=264))
    assert "config.json names the padding token 264, and the model has rows from 0 to 263. Take" in message


@pytest.mark.parametrize(
    "config",
    [{"hidden_act": "nosuch"}, {"num_attention_heads": 7}, {"hidden_size": "many"}, {"model_type": "nosuch"}],
)
def test_a_config_that_makes_no_model(config, copy):
    failure(copy(**config))


def test_damaged_files(copy):
    folder = copy()
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    assert f"{file}: " in failure(folder)  # `cures` adds what to do
    file.unlink()
    failure(folder)
    (folder / "model.safetensors.index.json").write_text("{}")
    failure(folder)
