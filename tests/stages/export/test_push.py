"""An export goes to the hub: the real client, in a process of its own, with a hub of this machine."""

import json
import os
import subprocess
import sys

import pytest

from pitchpipe_stages.export.export import made_from
from tests.hub_stand_in import TOKEN, hub

pytestmark = pytest.mark.slow(seconds=20)
WEIGHTS = b"w" * 5000


@pytest.fixture
def server():
    with hub() as server:
        yield server


@pytest.fixture
def here(tmp_path):
    """A folder with a model and its export, proven at some time."""
    model, out = tmp_path / "model", tmp_path / "out"
    for folder in (model, out):
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(WEIGHTS)
    (model / "config.json").write_text("{}")
    (out / "README.md").write_text("---\nlibrary_name: transformers\n---\n# A model\n")
    mark = {"exporter": "huggingface", "options": {}, "made from": made_from(str(model))}
    (out / "export.json").write_text(json.dumps(mark))
    return tmp_path


def push(here, server, *arguments, token=TOKEN, offline="0"):
    """The command, to its end: exit code and all that it says."""
    variables = {
        "HF_ENDPOINT": server.url,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_OFFLINE": offline,
        "HF_TOKEN": token,
    }
    variables |= {"HF_HOME": str(here / "home"), "PITCHPIPE_PLUGINS": "", "COLUMNS": "160"}
    command = [
        sys.executable,
        "-m",
        "pitchpipe",
        "export",
        "model",
        "--to",
        "huggingface",
        "--out",
        "out",
        *arguments,
    ]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, env=os.environ | variables)
    return done.returncode, done.stdout + done.stderr


def test_all_files_go_there_and_what_goes_is_said_before(here, server):
    code, said = push(here, server, "--push", "mine", "--private")
    assert code == 0, said
    assert "To the hub, private: me/mine, 3 files" in said and "model.safetensors  5 kB" in said
    assert f"\n{server.url}/me/mine\n" in said and server.private == {"me/mine"}
    assert server.files["me/mine"]["model.safetensors"] == WEIGHTS
    assert set(server.files["me/mine"]) == {"model.safetensors", "README.md", "export.json"}
    code, said = push(here, server, "--push", "me/mine")  # it is ours, so it may be again
    assert code == 0, said
    assert len(server.puts) == 1  # the hub has the weights


def test_an_upload_that_broke_off_goes_on(here, server):
    server.fails = "upload"
    code, said = push(here, server, "--push", "me/mine")
    assert code == 2 and "the same command goes on with the upload" in said
    code, said = push(here, server, "--push", "me/mine")
    assert code == 0 and "nothing to write anew" in said, said
    assert server.files["me/mine"]["model.safetensors"] == WEIGHTS


def test_mistakes_are_told_before_anything_is_done(here, server):
    server.files["me/book"] = {"book.txt": b"a book"}
    cases = [
        (("--push", "me/mine"), {"token": "hf_other"}, "the hub does not know the token: hf auth login"),
        (("--push", "me/mine"), {"offline": "1"}, "the hub is switched off (HF_HUB_OFFLINE)"),
        (("--push", "a b"), {}, "a name on the hub is OWNER/NAME"),
        (("--push", "me/book"), {}, "holds what pitchpipe did not export, as book.txt"),
        (("--push", "you/mine"), {}, "the token may not write there"),
    ]
    for arguments, how, words in cases:
        code, said = push(here, server, *arguments, **how)
        assert code == 2 and words in said and "Traceback" not in said, said
    assert server.files == {"me/book": {"book.txt": b"a book"}} and server.puts == []
