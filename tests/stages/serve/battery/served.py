"""A real server: `pitchpipe serve` in a process of its own, asked over real sockets."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.forked import Child, Forked
from tests.started import wait_for

OUTCOMES = ("answered", "refused", "cancelled", "failed")
# A model that takes its time, as large ones do.
SLOW = """
import functools, time
from transformers.models.llama.modeling_llama import LlamaForCausalLM as Model
quick = Model.forward
@functools.wraps(quick)
def slow(*given, **named):
    time.sleep({seconds})
    return quick(*given, **named)
Model.forward = slow
"""


class Served:
    """A server at a port that was free."""

    def __init__(self, forked: Forked, folder: Path, *arguments: str, slow: float = 0, before: str = ""):
        arguments = arguments if "--port" in arguments else (*arguments, "--port", "0")
        before += SLOW.format(seconds=slow) * bool(slow)
        said = folder / "said"
        said.unlink(missing_ok=True)  # that of the last one is no news of this one
        self.child: Child = forked.start(folder, "serve", *arguments, before=before)
        wait_for(lambda: said.exists() or self.child.ended())
        wait_for(lambda: "Ctrl-C ends" in self.child.said or self.child.ended())
        found = re.search(r"http://\S+?:(\d+)/v1", self.child.said)
        assert found, self.child.said
        self.port, self.key = int(found[1]), ""
        wait_for(lambda: self.is_up() or self.child.ended())

    def is_up(self) -> bool:
        with suppress(OSError):
            return self.get("/health")[0] == 200
        return False

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers, and the bytes of the body."""
        if self.key:
            headers = {"Authorization": f"Bearer {self.key}", **headers}
        sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request(method, path, sent, headers)
            answer = line.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self.ask("GET", path, **headers)

    def chat(self, words: str = "Say it.", **wish: Any) -> tuple[int, Any]:
        """The status and the JSON of an answer, of the likeliest tokens unless said otherwise."""
        status, _, told = self.ask("POST", "/v1/chat/completions", chat_of(words, **wish))
        return status, json.loads(told)

    def begin(self, words: str = "Say it.", **wish: Any) -> socket.socket:
        """A stream of which nothing is read yet."""
        body = json.dumps(chat_of(words, **{"stream": True, **wish})).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
        line = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        line.sendall(head.encode() + body)
        return line

    def numbers(self) -> dict[str, float]:
        """All numbers on /metrics that have no labels but a model."""
        text = self.get("/metrics")[2].decode()
        found = dict[str, float]()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found[sample.name] = found.get(sample.name, 0) + sample.value
        return found

    def adds_up(self) -> bool:
        """Whether what was accepted is what became of it."""
        now = self.numbers()
        ended = sum(now[f"pitchpipe_requests_{how}_total"] for how in OUTCOMES)
        return now["pitchpipe_requests_accepted_total"] == ended

    def must_be_well(self) -> None:
        """It answers, is ready, and all its numbers add up."""
        assert self.get("/health")[0] == 200
        assert self.get("/ready")[0] == 200
        status, answer = self.chat()
        assert status == 200, answer
        wait_for(self.adds_up, 20)

    def end(self, signal: int = 15) -> int:
        return self.child.kill(signal)


def chat_of(words: str, **wish: Any) -> dict[str, Any]:
    body = {"model": "one", "messages": [{"role": "user", "content": words}], "temperature": 0}
    return {**body, **wish}


def until(line: socket.socket, pattern: bytes) -> bytes:
    """What comes until a pattern does."""
    read = b""
    while not re.search(pattern, read):
        more = line.recv(65536)
        assert more, read
        read += more
    return read


def to_the_end(line: socket.socket) -> bytes:
    read = b""
    while more := line.recv(65536):
        read += more
        if read.endswith(b"0\r\n\r\n"):
            break
    return read


def events(read: bytes) -> Iterator[Any]:
    """What a stream says, chunk by chunk, without the last, [DONE]."""
    for one in re.findall(rb"data: (\{.*?\})\n\n", read):
        yield json.loads(one)
