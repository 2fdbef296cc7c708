"""Transformers reads every tokenizer alike, with torch and without it; what needs torch gets it."""

import json
import subprocess
import sys

import pytest

from tests.stages.render.tokenizer_digests import write

pytestmark = pytest.mark.slow


def digests(folder, *options):
    command = [sys.executable, "-m", "tests.stages.render.tokenizer_digests", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_every_tokenizer_is_read_alike_with_torch_and_without(tmp_path):
    write(tmp_path)
    light, whole = digests(tmp_path, "without_torch"), digests(tmp_path)
    loaded = [name for name, found in light.items() if ":" not in found]  # who fails is loaded with torch
    assert [name for name in loaded if light[name] != whole[name]] == []
    assert light.keys() == whole.keys() and len(loaded) > 80 and len({light[name] for name in loaded}) > 20


LOAD = """
import sys
from pitchpipe_stages.render.without_torch import without_torch

def load():
    import transformers
    {body}

print(without_torch(load), "torch" in sys.modules)
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return transformers.utils.is_torch_available()", "False False"),
        ("import torch; return transformers.utils.is_torch_available()", "True True"),
        ("return transformers.utils.is_torch_available() or 1 / 0", "True False"),
    ],
)
def test_what_fails_without_torch_is_done_with_it(body, said):
    program = LOAD.format(body=body)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[-2:] == [said, ""], done.stderr
    assert not done.stderr


def test_torch_that_is_there_is_not_hidden():
    program = "import torch\n" + LOAD.format(body="return transformers.utils.is_torch_available()")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"
