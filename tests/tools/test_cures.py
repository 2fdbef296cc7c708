"""Errors of libraries, made for real, come out as a line that says the cure."""

import io
import shutil
from pathlib import Path

import pytest
import torch

from pitchpipe import PitchpipeError
from pitchpipe_components.models import Tiny, Transformers
from pitchpipe_tools.cures import FULL, cured

BASE = Path(Tiny().folder)


def said(action):
    with pytest.raises(PitchpipeError) as stopped, cured():
        action()
    return str(stopped.value)


@pytest.mark.parametrize(
    "save", [lambda: torch.save(torch.ones(99_999), "/dev/full"), lambda: filled().flush()]
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(save):
    assert said(save) == FULL


def filled():
    file = open("/dev/full", "wb", buffering=1 << 20)
    file.write(b"x" * 9999)
    return file


def test_a_file_of_weights_that_is_cut_short(tmp_path):
    folder = shutil.copytree(BASE, tmp_path / "cut")
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:100_000])
    words = said(lambda: Transformers(folder=folder).weights())
    assert (
        words
        == f"cannot load the model {file}: a file of weights is cut short or damaged: fetch it, or copy it, again."
    )


def test_a_model_that_is_not_here_while_the_hub_is_off():
    """Tests run with HF_HUB_OFFLINE."""
    words = said(lambda: Transformers(name="nobody/has-this").tokenizer())
    assert words.startswith("cannot load the model nobody/has-this: the hub is switched off (HF_HUB_OFFLINE)")


def raised(error):
    raise error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), "smaller batch_size"),
        (OSError("You are trying to access a gated repo.\nMake sure to have access"), "hf auth login"),
        (OSError("x/y is not a local folder and is not a valid model identifier"), "nothing of this name"),
        (ValueError("x requires you to execute the configuration file in that repo; set trust_remote_code=True"),
         "trust_remote_code: true"),
        (ValueError("The checkpoint has model type `new` but Transformers does not recognize this architecture."),
         "pip install -U transformers"),
        (ImportError("FlashAttention2 has been toggled on, but it cannot be used: the package flash_attn seems"
                     " to be not installed"), "attention: sdpa"),
        (RuntimeError("[gloo/transport/tcp/pair.cc:547] Connection closed by peer [127.0.0.1]:4"), "another process"),
    ],
)  # fmt: skip
def test_words_of_libraries(error, words):
    assert words in said(lambda: raised(error))


def test_what_was_being_done_stays():
    def load():
        try:
            raise OSError("403: Access to model a/b is restricted")
        except OSError as error:
            raise PitchpipeError(f"cannot load the model a/b: {error}") from error

    assert said(load).startswith("cannot load the model a/b: it is gated.")


@pytest.mark.parametrize(
    "error",
    [
        KeyError("memory"),
        RuntimeError("expected a header, got none"),
        ConnectionResetError("[Errno 104] Connection reset by peer"),
        io.UnsupportedOperation("offset"),
    ],
)
def test_errors_that_nobody_knows_stay_as_they_are(error):
    with pytest.raises(type(error)), cured():
        raise error


def test_our_own_errors_stay_as_they_are():
    assert said(lambda: raised(PitchpipeError("no filter 'x'"))) == "no filter 'x'"


def test_developers_see_the_trace(monkeypatch):
    monkeypatch.setenv("PITCHPIPE_VERBOSE", "1")
    with pytest.raises(MemoryError), cured():
        raise MemoryError


@pytest.mark.parametrize("command", ["prepare", "peek"])
def test_a_command_says_the_cure_whichever_process_met_the_error(project, command):
    recipe = "model:\n  transformers: {name: nobody/has-this}\ntemplate: chatml\nloaders:\n  - files: {path: rows.jsonl}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [{"instruction": "Hi", "output": "Hello"}]})
    here.run(command, "recipe.yaml").assert_failed(
        "cannot load the model nobody/has-this: the hub is switched off"
    )
