"""The whole life of a server, through the command: begun, ended well, ended at once, killed, begun again."""

import json
import os
import signal
import socket
import time

import pytest

from tests.stages.serve.battery.conftest import REPLY
from tests.stages.serve.battery.served import events, to_the_end, until
from tests.started import wait_for

pytestmark = pytest.mark.slow(seconds=20)


def test_a_signal_lets_answers_end_and_takes_nothing_new(serve):
    """Streams and whole answers alike; the exit code is 0, and no thread holds the process."""
    server = serve("runs/one", slow=0.05)
    line = server.begin()
    begun = until(line, rb'"content":"G"')
    os.kill(server.child.pid, signal.SIGTERM)
    wait_for(lambda: not listens(server.port))
    told = begun + to_the_end(line)
    assert b"data: [DONE]" in told
    assert "".join(one["choices"][0]["delta"].get("content") or "" for one in events(told)) == REPLY
    assert server.child.wait() == 0
    assert "tokens stop" in server.child.said


def test_after_the_grace_answers_are_cut_off_with_an_error(serve):
    server = serve("runs/one", "--set", "serve.grace=0.3", slow=0.2)
    line = server.begin()
    begun = until(line, rb"data: ")
    os.kill(server.child.pid, signal.SIGTERM)
    told = begun + to_the_end(line)
    assert b'"error"' in told and b"[DONE]" not in told
    assert "draining" in told.decode()
    assert server.child.wait() == 0


def test_a_second_signal_ends_it_at_once(serve):
    server = serve("runs/one", slow=0.3)
    line = server.begin()
    until(line, rb"data: ")
    os.kill(server.child.pid, signal.SIGINT)
    time.sleep(0.3)
    assert not server.child.ended()
    os.kill(server.child.pid, signal.SIGINT)
    assert server.child.wait() == 130


def test_a_killed_server_comes_back_at_its_port(serve):
    """Though connections of the first one linger."""
    first = serve()
    line = first.begin()
    until(line, rb"data: ")
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = serve("runs/one", "--port", str(first.port))
    assert second.port == first.port
    second.must_be_well()
    assert second.end() == 0


def test_a_port_that_is_taken_is_told_before_anything_is_loaded(processes, home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        child = processes.start(home, "serve", "runs/one", "--port", str(port))
        assert child.wait() == 2
    assert f"port {port} of 127.0.0.1 is taken" in child.said and f"--port {port + 1}" in child.said
    assert "loading" not in child.said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("runs/onee",), "Did you mean 'runs/one'?"),
        (("runs/one", "--host", "0.0.0.0"), "--key PITCHPIPE_KEYS"),
        (("runs/one", "--key", "NO_SUCH_KEYS"), "the variable NO_SUCH_KEYS holds no keys"),
        (("runs/one", "--key", "HOME_KEYS"), "fewer than 16 characters"),
        (
            ("runs/one", "--host", "192.0.2.1", "--key", "LONG_KEYS"),
            "192.0.2.1 is no address of this machine",
        ),
        (("runs/one", "--base", "plain"), "no base is beneath it"),
        (("runs/one", "--adapter", "other=runs/one"), "runs/one is a whole model"),
        (("runs/one", "--adapter", "other"), "expected NAME=PATH, got 'other'"),
        (("runs/one", "--set", "serve.rows=0"), "of at least 1"),
        (("nothing.yaml",), "no recipe nothing.yaml"),
        (("recipe.yaml",), "runs/recipe is not there: pitchpipe run recipe.yaml"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(processes, home, arguments, words):
    keys = "import os; os.environ |= {'HOME_KEYS': 'short', 'LONG_KEYS': 'x' * 20}"
    child = processes.start(home, "serve", *arguments, "--port", "0", before=keys)
    assert child.wait() == 2, child.said
    assert words in " ".join(child.said.split())


def test_the_start_says_what_is_served_and_how_to_ask(serve, home):
    server = serve("runs/one", "--name", "mine", "--rows", "2", "--queue", "3")
    said = server.child.said
    assert "mine: runs/one, tuned, whole; float32 on cpu; template chatml" in said
    assert "2 answers, and 3 more may wait" in said
    assert "this machine alone, without a key" in said
    curl = next(line for line in said.splitlines() if line.startswith("curl"))
    answer = json.loads(os.popen(f"{curl} -s").read())
    assert answer["choices"][0]["message"]["content"]
    assert server.end() == 0


def listens(port):
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
