"""A tuned model, and the process that serves it, for all tests of this folder."""

import json

import pytest

from tests.forked import forked
from tests.stages.serve.battery.served import Served

REPLY = "Grüße, 日本 👩‍🚀!"
RECIPE = """\
model: tiny
template: chatml
loaders:
  - files: {path: rows.jsonl}
split: {train: 1.0}
trainer:
  sft: {max_steps: 70, batch_size: 1, learning_rate: 2e-3, warmup: 0.1, samples: 0}
"""


@pytest.fixture(scope="package")
def processes():
    with forked() as found:
        yield found


@pytest.fixture(scope="package")
def home(processes, tmp_path_factory):
    """A folder with a run in it."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "recipe.yaml").write_text(RECIPE)
    row = {"instruction": "Say it.", "output": REPLY}
    (folder / "rows.jsonl").write_text(f"{json.dumps(row)}\n" * 80)
    child = processes.start(folder, "run", "recipe.yaml", "--processes", "1", "--name", "one")
    assert child.wait() == 0, child.said
    return folder


@pytest.fixture(scope="package")
def endless(home):
    """Biases that let no token end an answer."""
    known = json.loads((home / "runs/one/model/tokenizer.json").read_text())["added_tokens"]
    return {str(token["id"]): -100 for token in known}


@pytest.fixture
def serve(processes, home):
    """Starts a server; at the end it is killed, if it is still there."""
    started = list[Served]()

    def start(*arguments, **how):
        started.append(Served(processes, home, *(arguments or ("runs/one",)), **how))
        return started[-1]

    yield start
    for one in started:
        if not one.child.ended():
            one.child.kill()
