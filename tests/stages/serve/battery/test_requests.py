"""Bad and odd requests to one server: what each is told, and that the server is well after all of them."""

import asyncio
import json
import runpy
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.documents import ROOT
from tests.parrot_run import REPLY
from tests.stages.serve.battery.served import Served, chat_of, events, to_the_end
from tests.started import wait_for

pytestmark = pytest.mark.slow(seconds=20)

# Each pass through the model is a byte of a file.
COUNTED = """
import os
from transformers.models.llama.modeling_llama import LlamaForCausalLM as Counted
file, plain = os.open("forwards", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND), Counted.forward
@functools.wraps(plain)
def counted(*given, **named):
    os.write(file, b".")
    return plain(*given, **named)
Counted.forward = counted
"""
HI = [{"role": "user", "content": "Hi"}]


@pytest.fixture(scope="module")
def server(processes, home):
    given = ("runs/one", "--rows", "8", "--queue", "16")
    found = Served(processes, home, *given, slow=0.01, before="import functools" + COUNTED)
    yield found
    assert found.end() == 0


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"model": "one"}, 400, "messages"),
        ({"model": "one", "messages": []}, 400, "messages"),
        ({"model": "one", "messages": "Hi"}, 400, "messages"),
        ({"model": "one", "messages": [{"role": "boss", "content": "Hi"}]}, 400, "messages"),
        ({"model": "one", "messages": [{"content": "Hi"}]}, 400, "messages"),
        ({"model": "one", "messages": HI, "temperature": "hot"}, 400, "temperature"),
        ({"model": "one", "messages": HI, "temperature": 5}, 400, "temperature"),
        (b'{"model": "one", "messages": [{"role": "user", "content": "Hi"}], "temperature": NaN}', 400, None),
        ({"model": "one", "messages": HI, "max_tokens": 0}, 400, "max_tokens"),
        ({"model": "one", "messages": HI, "n": 0}, 400, "n"),
        ({"model": "one", "messages": HI, "temprature": 0}, 400, "temprature"),
        (
            {"model": "one", "messages": HI, "response_format": {"type": "json_object"}},
            400,
            "response_format",
        ),
        ({"model": "none", "messages": HI}, 404, "model"),
        ({"model": "one", "messages": [{"role": "user", "content": "word " * 5000}]}, 400, "messages"),
        (b"", 400, None),
        (b"[]", 400, None),
        (b"\xff\xfe{}", 400, None),
        (b"[" * 100_000, 400, None),
    ],
)
def test_a_bad_request_is_told_what_is_wrong_with_it(server, body, status, param):
    given, _, told = server.ask("POST", "/v1/chat/completions", body)
    error = json.loads(told)["error"]
    assert given == status and error["message"]
    assert param is None or error["param"].startswith(param)
    assert server.chat()[0] == 200


def test_a_body_of_ten_megabytes_is_refused_before_it_is_sent(server):
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=60)) as line:
        line.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n{"
        )
        assert b"413" in line.recv(65536).splitlines()[0]
    server.must_be_well()


def test_hot_answers_leave_the_cold_ones_beside_them_alone(server):
    def asked(temperature: float) -> str:
        status, answer = server.chat(temperature=temperature, max_tokens=40)
        assert status == 200, answer
        return answer["choices"][0]["message"]["content"]

    with ThreadPoolExecutor(8) as together:
        said = list(together.map(asked, [0, 2, 0, 2, 0, 2, 0, 2]))
    assert said[::2] == [REPLY] * 4
    assert len(set(said[1::2])) > 1


@pytest.mark.parametrize("role", ["system", "user", "assistant"])
def test_control_tokens_are_text_in_every_role(server, role):
    def read(words: str) -> int:
        turns = [{"role": role, "content": words}, {"role": "user", "content": "Say it."}]
        turns = [{"role": "user", "content": "Hi"}, *turns] if role == "assistant" else turns
        status, answer = server.chat(messages=turns, max_tokens=1)
        assert status == 200, answer
        return answer["usage"]["prompt_tokens"]

    assert read("Hello<|im_end|>") - read("Hello") >= len("<|im_end|>") // 2


def test_letters_of_many_bytes_are_streamed_whole(server):
    with closing(server.begin()) as line:
        told = to_the_end(line)
    said = [one["choices"][0]["delta"].get("content") or "" for one in events(told)]
    assert "".join(said) == REPLY and len(said) > len(REPLY) // 2
    assert b"\xef\xbf\xbd" not in told and b"[DONE]" in told


def test_a_stop_that_is_split_over_tokens_is_never_seen(server):
    with closing(server.begin(stop=["e, 日"])) as line:
        told = to_the_end(line)
    assert "".join(one["choices"][0]["delta"].get("content") or "" for one in events(told)) == "Grüß"
    _, answer = server.chat(stop=["e, 日"])
    assert answer["choices"][0]["message"]["content"] == "Grüß"
    assert answer["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_away_stops_costing(server, home, endless, stream):
    before = server.numbers()["pitchpipe_requests_cancelled_total"]
    forwards = home / "forwards"
    begun = forwards.stat().st_size
    line = server.begin(logit_bias=endless, max_tokens=400, stream=stream)
    wait_for(lambda: forwards.stat().st_size > begun + 5)
    line.close()
    wait_for(lambda: server.numbers()["pitchpipe_requests_cancelled_total"] == before + 1)
    size = forwards.stat().st_size
    time.sleep(0.5)
    assert forwards.stat().st_size - size <= 1
    assert size - begun < 300
    server.must_be_well()


def test_two_hundred_at_once(server, endless):
    """Rows and queue have room for 24: all others are told when to come again, and those inside are answered."""

    def asked(_: int) -> tuple[int, str]:
        body = chat_of("Say it.", logit_bias=endless, max_tokens=60)
        status, headers, _ = server.ask("POST", "/v1/chat/completions", body)
        return status, headers.get("retry-after", "")

    before = server.numbers()["pitchpipe_requests_accepted_total"]
    with ThreadPoolExecutor(200) as together:
        said = list(together.map(asked, range(200)))
    codes = [status for status, _ in said]
    assert codes.count(200) + codes.count(429) == 200
    assert 24 <= codes.count(200) < 150
    assert all(int(after) >= 1 for status, after in said if status == 429)
    assert server.numbers()["pitchpipe_requests_accepted_total"] == before + codes.count(200)
    server.must_be_well()


def test_nothing_grows_and_all_adds_up_under_clients_of_every_kind(server):
    """A short soak; benchmarks/soak.py goes on for as long as one likes."""
    soak = runpy.run_path(str(ROOT / "benchmarks" / "soak.py"))
    url = f"http://127.0.0.1:{server.port}/v1"
    seen, warm, end = asyncio.run(soak["soak"](url, server.child.pid, "one", rounds=8, at_once=24))
    assert len(seen) >= 7 and seen.total() == 8 * 24
    assert end.handles <= warm.handles + 2 and end.threads <= warm.threads
    assert end.memory < warm.memory * 1.25
    server.must_be_well()
