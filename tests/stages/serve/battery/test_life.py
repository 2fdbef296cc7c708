"""The whole life of a server, through the command: begun, ended well, ended at once, killed, begun again."""

import json
import os
import re
import shlex
import signal
import socket

import pytest

from tests.parrot_run import REPLY
from tests.stages.serve.battery.served import chat_of, events, to_the_end, until
from tests.started import wait_for

pytestmark = pytest.mark.slow(seconds=20)
KEY = "a-key-of-the-first-client"
AROUND = """\
serve: {model: runs/one, name: one, folder: kept}
middlewares:
  - journal: {consent: always}
  - cache
"""


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


def test_a_second_signal_ends_it_at_once(serve, endless):
    """Though there is an answer of hundreds of tokens to write."""
    server = serve("runs/one", slow=0.3)
    line = server.begin(logit_bias=endless, max_tokens=400)
    until(line, rb"data: ")
    os.kill(server.child.pid, signal.SIGINT)
    wait_for(lambda: not listens(server.port))
    assert not server.child.ended()
    os.kill(server.child.pid, signal.SIGINT)
    wait_for(server.child.ended, 20)
    assert server.child.wait() == 130


def test_a_killed_server_comes_back_with_all_that_it_kept(serve, home):
    """At the same port, though connections of the first one linger; what was answered is in cache and journal."""
    (home / "around.yaml").write_text(AROUND)
    first = serve("around.yaml")
    assert asked_of_the_cache(first) == ("miss", REPLY)
    line = first.begin(temperature=1)
    until(line, rb"data: ")
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = serve("around.yaml", "--port", str(first.port))
    assert second.port == first.port
    assert asked_of_the_cache(second) == ("hit", REPLY)
    second.must_be_well()
    assert second.end() == 0
    written = [json.loads(line) for file in sorted(home.glob("kept/*.jsonl")) for line in open(file)]
    assert len(written) >= 3 and REPLY in json.dumps(written[0], ensure_ascii=False)


def asked_of_the_cache(server):
    status, headers, told = server.ask("POST", "/v1/chat/completions", chat_of("Say it."))
    assert status == 200
    return headers["x-cache"], json.loads(told)["choices"][0]["message"]["content"]


def test_a_port_that_is_taken_is_told_before_anything_is_loaded(processes, home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        child = processes.start(home, "serve", "runs/one", "--port", str(port))
        assert child.wait() == 2
    assert f"port {port} of 127.0.0.1 is taken by " in child.said and f"--port {port + 1}" in child.said
    assert f"(process {os.getpid()})" in child.said
    assert "loading" not in child.said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("runs/onee",), "Did you mean 'runs/one'?"),
        (("runs/one", "--host", "0.0.0.0"), "--key PITCHPIPE_KEYS"),
        (
            ("runs/one", "--host", "192.0.2.1", "--key", "LONG_KEYS"),
            "192.0.2.1 is no address of this machine",
        ),
        (("runs/one", "--base", "plain"), "no base is beneath it"),
        (("runs/one", "--adapter", "other"), "expected NAME=PATH, got 'other'"),
        (("recipe.yaml",), "runs/recipe is not there: pitchpipe run recipe.yaml"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(processes, home, arguments, words):
    keys = "import os; os.environ |= {'LONG_KEYS': 'x' * 20}"
    child = processes.start(home, "serve", *arguments, "--port", "0", before=keys)
    assert child.wait() == 2, child.said
    assert words in " ".join(child.said.split())


KEYED = f"""
import os
from pitchpipe_stages.serve import connections
os.environ["SOME_KEYS"], connections.SLOWEST = "{KEY},another-key-of-a-client", 0.3
"""


def test_a_server_that_others_reach(serve, monkeypatch):
    """The start says what is served, who may ask and how; keys are demanded, and silent connections closed."""
    arguments = ("--name", "mine", "--rows", "2", "--queue", "3", "--host", "0.0.0.0", "--key", "SOME_KEYS")
    server = serve("runs/one", *arguments, before=KEYED)
    said = server.child.said
    assert "mine: runs/one, tuned, whole; float32 on cpu; template chatml" in said
    assert re.search(r"at once: 2 answers at a time, .*; 3 more may wait", said)
    assert re.search(r"runs/one: \d+ prompts have the ids .* rows have those of its training", said)
    assert "all who can reach 0.0.0.0, with a key of SOME_KEYS; not encrypted" in said
    assert [server.get(path)[0] for path in ("/v1/models", "/metrics", "/docs", "/nothing")] == [401] * 4
    monkeypatch.setenv("SOME_KEYS", f"{KEY},another")
    curl = next(line for line in said.splitlines() if line.startswith("curl"))
    answer = json.loads(os.popen(f"bash -c {shlex.quote(curl + ' -s')}").read())
    assert answer["choices"][0]["message"]["content"]
    for sent in (b"", b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: "):
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
            line.sendall(sent)
            assert line.recv(1) == b""
    assert server.end() == 0
    assert KEY not in server.child.said


def listens(port):
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
