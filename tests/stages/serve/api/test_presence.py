"""Whoever leaves ends what is done for them: at once, streaming or not, and while they wait."""

import http.client
import json
import socket
import time

import httpx
import pytest


def sent(served, path, body):
    """A request over a socket of its own, which a test can cut."""
    raw = json.dumps(body).encode()
    one = socket.create_connection(("127.0.0.1", served.port))
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(raw)}\r\n\r\n"
    one.sendall(head.encode() + raw)
    return one


def until(condition) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that")


def chat(words, **more):
    return {"model": "grey", "messages": [{"role": "user", "content": words}], **more}


LONG = "slow:0.01 " + "word " * 20_000
CASES = [
    ("/v1/chat/completions", chat(LONG, stream=True)),
    ("/v1/chat/completions", chat(LONG, stream=True, n=3)),
    ("/v1/chat/completions", chat(LONG)),
    ("/v1/chat/completions", chat("wait:60 Hi", stream=True)),
    ("/v1/chat/completions", chat("wait:60 Hi")),
    ("/v1/completions", {"model": "grey", "prompt": [LONG, "wait:60 Hi"]}),
    ("/generate", {"instruction": LONG}),
]


@pytest.mark.parametrize("path, body", CASES)
def test_a_client_that_leaves_ends_its_answer(served, path, body):
    left, prompts = (
        served.parrot.left,
        len(body.get("prompt", "x")) if isinstance(body.get("prompt"), list) else 1,
    )
    with sent(served, path, body) as one:
        until(lambda: served.parrot.speaking == prompts)
        if body.get("stream") and "slow" in str(body):
            assert one.recv(100).startswith(b"HTTP/1.1 200 OK")
    until(lambda: served.parrot.speaking == 0)
    assert served.parrot.left == left + prompts


def test_answers_go_on_while_a_long_request_is_read(served):
    body = chat("hard: " + "word " * 10_000)
    answer = f"{served.url}/v1/completions", {"model": "grey", "prompt": "Hi"}
    try:
        with sent(served, "/v1/chat/completions", body) as long:
            until(lambda: "hard" in str(served.last.conversation)[:300])
            assert httpx.post(answer[0], json=answer[1]).json()["choices"][0]["text"] == "Hi"
            served.parrot.read_on.set()
            assert long.recv(100).startswith(b"HTTP/1.1 200 OK")
    finally:
        served.parrot.read_on.set()


def test_a_client_that_leaves_before_it_has_sent_all(served):
    with socket.create_connection(("127.0.0.1", served.port)) as one:
        one.sendall(b"POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5000\r\n\r\n{")
    assert served.parrot.speaking == 0


def test_a_connection_is_used_again_after_an_answer(served):
    one = http.client.HTTPConnection("127.0.0.1", served.port)
    places = set()
    for _ in range(2):
        one.request("POST", "/v1/chat/completions", json.dumps(chat("Hi there")))
        places.add(one.sock.getsockname())
        assert b"Hi there" in one.getresponse().read()
    one.close()
    assert len(places) == 1
