"""A page of the docs is followed: its commands are given to a shell and to Python, one after another."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

from tests.documents import ROOT, assert_shows
from tests.started import interruptible, wait_for

STEP = re.compile(
    r"<!-- followed by \S+ -->\n```(?P<kind>\w+)\n(?P<text>.*?)```(?:\n\n```text\n(?P<shows>.*?)```)?", re.S
)
PORT = "8000"


def steps(page):
    """What a page says to do: the language, the text, and what it shows."""
    text = (ROOT / page).read_text("utf-8")
    return [(step["kind"], step["text"], step["shows"] or "") for step in STEP.finditer(text)]


def follow(here, page):
    """Does what a page says; the server that it starts has a port of its own. How many things it did."""
    did, port = 0, _free_port()
    (_, first, _), *rest = steps(page)
    with _serving(here, first.splitlines()[-1].replace(PORT, str(port)), port):
        for kind, text, shows in rest:
            command = ["bash", "-ec"] if kind == "bash" else [sys.executable, "-c"]
            done = subprocess.run(
                [*command, text.replace(PORT, str(port))],
                cwd=here.folder,
                capture_output=True,
                text=True,
                timeout=120,
            )
            assert done.returncode == 0, done.stderr
            assert_shows(shows, done.stdout + "\n")
            did += 1
    return did


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def _serving(here, command, port):
    words = [sys.executable, "-m", *command.split()]
    server = subprocess.Popen(
        words, cwd=here.folder, env=os.environ | here.environment, stderr=subprocess.PIPE, text=True,
        preexec_fn=interruptible,
    )  # fmt: skip
    try:
        wait_for(lambda: server.poll() is not None or _is_ready(port))
        assert server.poll() is None, server.stderr.read()
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)


def _is_ready(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/ready").status == 200
    except OSError:
        return False
