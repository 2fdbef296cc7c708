"""A tuned model, and the process that serves it, for all tests of this folder."""

import json

import pytest

from tests.forked import forked
from tests.parrot_run import trained
from tests.stages.serve.battery.served import Served


@pytest.fixture(scope="package")
def processes():
    with forked() as found:
        yield found


@pytest.fixture(scope="package")
def home(processes, tmp_path_factory):
    """A folder with a run in it."""
    return trained(processes, tmp_path_factory.mktemp("served"))


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
