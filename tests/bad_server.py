"""A server with OpenAI's chat completions that misbehaves on purpose: how, the question says, as in `mode:cut_body`."""

import hashlib
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.bad_streams import BadStreams

KEY = "sk-test-0123456789abcdef"
READ, WRITTEN = 10, 5  # tokens of every reply
MODE = re.compile(r"mode:(\w+)")

Body = dict[str, Any]


def echo(body: Body) -> str:
    """A reply that the question decides."""
    words = json.dumps(body["messages"], sort_keys=True)
    return f"about {hashlib.sha256(words.encode()).hexdigest()[:12]}"


class BadServer(ThreadingHTTPServer):
    """`asked` are the requests as they came. `answer` makes a reply of a request. `slow`: seconds for each."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, answer: Callable[[Body], str] = echo, key: str = KEY, slow: float = 0.0):
        super().__init__(("127.0.0.1", 0), Chat)
        self.answer, self.key, self.slow = answer, key, slow
        self.asked: list[Body] = []
        self.seen: Counter[str] = Counter()
        self.flying = self.most_flying = 0
        self.lock = threading.Lock()
        self.fallback = "fine"  # the mode of questions that name none
        self.models = ["tutor"]
        self.gone: list[str] = []  # modes of streams that nobody listened to any more
        self.given: tuple[int, Body | str] = (200, "")  # what the mode `given` says

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is none of this server's errors."""


class Chat(BadStreams, BaseHTTPRequestHandler):
    server: BadServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(raw)
        named = MODE.search(json.dumps(body.get("messages") or body["prompt"]))
        mode = named[1] if named else self.server.fallback
        with self.server.lock:
            self.server.asked.append(body)
            self.server.seen[raw.decode()] += 1
            time_of_it = self.server.seen[raw.decode()]
            self.server.flying += 1
            self.server.most_flying = max(self.server.most_flying, self.server.flying)
        try:
            time.sleep(self.server.slow)
            if self.server.key and self.headers.get("Authorization") != f"Bearer {self.server.key}":
                wrong = self.headers.get("Authorization")
                return self.say(
                    401, {"error": {"message": f"Incorrect API key: {wrong}", "code": "invalid_api_key"}}
                )
            getattr(self, f"do_{mode}")(body, time_of_it)
        finally:
            with self.server.lock:
                self.server.flying -= 1

    # --- Well -------------------------------------------------------------------------------------

    def reply(self, body: Body, text: str | None, end: str | None = "stop", **more: Any) -> Body:
        message = {"role": "assistant", "content": text} | more.pop("message", {})
        said = {"text": text} if "prompt" in body else {"message": message}
        usage = {"prompt_tokens": READ, "completion_tokens": WRITTEN, "total_tokens": READ + WRITTEN}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body["model"]}
        choices = [{"index": 0, **said, "finish_reason": end}]
        return head | {"choices": choices, "usage": usage} | more

    def do_fine(self, body: Body, time_of_it: int) -> None:
        if body.get("stream"):
            return self.stream_fine(body, self.server.answer(body))
        self.say(200, self.reply(body, self.server.answer(body)))

    def do_GET(self) -> None:
        """The list of models."""
        if self.server.key and self.headers.get("Authorization") != f"Bearer {self.server.key}":
            return self.say(401, {"error": {"message": "Incorrect API key"}})
        self.say(
            200, {"object": "list", "data": [{"id": one, "object": "model"} for one in self.server.models]}
        )

    def do_given(self, body: Body, time_of_it: int) -> None:
        self.say(*self.server.given)

    def say(self, status: int, what: Body | str, headers: dict[str, str] | None = None) -> None:
        text = what if isinstance(what, str) else json.dumps(what)
        self.raw(status, text.encode("utf-8", "surrogatepass"), headers or {})

    def raw(self, status: int, content: bytes, headers: dict[str, str], length: int | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass

    # --- Turned away ------------------------------------------------------------------------------

    def away(self, status: int, body: Body, time_of_it: int, times: int, **headers: str) -> None:
        if time_of_it > times:
            return self.do_fine(body, time_of_it)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.say(status, {"error": {"message": f"status {status}"}}, named)

    def do_429_seconds(self, body: Body, time_of_it: int) -> None:
        self.away(429, body, time_of_it, 2, Retry_After="0.05")

    def do_429_date(self, body: Body, time_of_it: int) -> None:
        self.away(429, body, time_of_it, 1, Retry_After=formatdate(time.time() + 1, usegmt=True))

    def do_429_past(self, body: Body, time_of_it: int) -> None:
        """A clock that is behind by an hour, or a pause that is over."""
        self.away(429, body, time_of_it, 2, Retry_After=formatdate(time.time() - 3600, usegmt=True))

    def do_429_bare(self, body: Body, time_of_it: int) -> None:
        self.away(429, body, time_of_it, 1)

    def do_429_an_hour(self, body: Body, time_of_it: int) -> None:
        self.away(429, body, time_of_it, 99, Retry_After="3600")

    def do_no_quota(self, body: Body, time_of_it: int) -> None:
        self.say(429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})

    def do_500_once(self, body: Body, time_of_it: int) -> None:
        self.away(500, body, time_of_it, 1)

    def do_500_odd(self, body: Body, time_of_it: int) -> None:
        """Words that no file can hold, and that would colour a terminal."""
        if time_of_it > 1:
            return self.do_fine(body, time_of_it)
        self.say(500, json.dumps({"error": {"message": "[red]\x1b[31m\ud83d\x00"}}))

    def do_408_once(self, body: Body, time_of_it: int) -> None:
        self.away(408, body, time_of_it, 1)

    def do_503_forever(self, body: Body, time_of_it: int) -> None:
        self.away(503, body, time_of_it, 999)

    def do_401(self, body: Body, time_of_it: int) -> None:
        self.say(401, {"error": {"message": f"Incorrect API key provided: {self.headers['Authorization']}"}})

    def do_403(self, body: Body, time_of_it: int) -> None:
        self.say(403, {"error": {"message": "not for you"}})

    def do_404(self, body: Body, time_of_it: int) -> None:
        self.say(404, {"error": {"message": f"The model `{body['model']}` does not exist"}})

    def do_400(self, body: Body, time_of_it: int) -> None:
        self.say(400, {"error": {"message": "context length exceeded", "code": "context_length_exceeded"}})

    def do_no_temperature(self, body: Body, time_of_it: int) -> None:
        words = "Unsupported value: 'temperature' does not support 0.7 with this model."
        error = {"message": words, "param": "temperature", "code": "unsupported_value"}
        self.say(400, {"error": error | {"type": "invalid_request_error"}})

    def do_filtered(self, body: Body, time_of_it: int) -> None:
        self.say(400, {"error": {"message": "The prompt was filtered", "code": "content_filter"}})

    def do_moved(self, body: Body, time_of_it: int) -> None:
        self.say(307, "", {"Location": "http://127.0.0.1:9/v1"})

    # --- Broken -----------------------------------------------------------------------------------

    def do_silence(self, body: Body, time_of_it: int) -> None:
        """Headers, and nothing behind them."""
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        time.sleep(30)

    def do_trickle(self, body: Body, time_of_it: int) -> None:
        """A byte now and then, beyond every deadline."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(600):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.05)

    def do_cut_body(self, body: Body, time_of_it: int) -> None:
        """The connection ends in the midst of the reply, once."""
        if time_of_it > 1:
            return self.do_fine(body, time_of_it)
        whole = json.dumps(self.reply(body, "half of it")).encode()
        self.raw(200, whole[: len(whole) // 2], {}, len(whole))
        self.hang_up()

    def do_cut_json(self, body: Body, time_of_it: int) -> None:
        """A whole response with half a JSON in it, once."""
        if time_of_it > 1:
            return self.do_fine(body, time_of_it)
        self.say(200, json.dumps(self.reply(body, "half of it"))[:60])

    def do_reset(self, body: Body, time_of_it: int) -> None:
        """A reset after the body, once for each question."""
        if time_of_it > 1:
            return self.do_fine(body, time_of_it)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.hang_up()

    def do_reset_after(self, body: Body, time_of_it: int) -> None:
        """The reply is whole, and then the connection is reset."""
        self.do_fine(body, time_of_it)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.hang_up()

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def do_html(self, body: Body, time_of_it: int) -> None:
        self.say(200, "<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"})

    # --- Odd replies ------------------------------------------------------------------------------

    def do_error_in_200(self, body: Body, time_of_it: int) -> None:
        if time_of_it > 1:
            return self.do_fine(body, time_of_it)
        self.say(200, {"error": {"message": "overloaded", "code": 503}})

    def do_no_choices(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, "", choices=[]))

    def do_refusal(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, None, message={"refusal": "I cannot help with that."}))

    def do_empty(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, ""))

    def do_length(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, "half a sen", "length"))

    def do_other_model(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, "here", model="a-cheaper-one"))

    def do_no_usage(self, body: Body, time_of_it: int) -> None:
        self.say(200, {name: one for name, one in self.reply(body, "here").items() if name != "usage"})

    def do_negative_usage(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, "here", usage={"prompt_tokens": -5, "completion_tokens": 5}))

    def do_no_tokens(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, "here", usage={"prompt_tokens": 0, "completion_tokens": 0}))

    def do_huge_usage(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, "here", usage={"prompt_tokens": 10**7, "completion_tokens": 10**7}))

    def do_odd_text(self, body: Body, time_of_it: int) -> None:
        text = "a\u2028b\x00c\ud83dd \ud83d\ude00 <|im_end|> {x} </s>"
        self.say(200, json.dumps(self.reply(body, text)))

    def do_large(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, "x" * 10_000_000))

    def do_numbered(self, body: Body, time_of_it: int) -> None:
        """A list that begins again at 1."""
        self.say(200, self.reply(body, "1. Bake bread.\n2. Sew.\n1. Bake bread.\n2. Sing."))

    def do_same(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, "always the same"))

    def do_loading(self, body: Body, time_of_it: int) -> None:
        """As llama.cpp while it loads a model, once."""
        if time_of_it > 1:
            return self.do_fine(body, time_of_it)
        self.say(503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}})

    def do_tool(self, body: Body, time_of_it: int) -> None:
        call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        self.say(200, self.reply(body, None, "tool_calls", message={"tool_calls": [call]}))

    # --- By schema --------------------------------------------------------------------------------

    def do_bad_json_once(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, '{"verdict": "A"}' if len(body["messages"]) > 2 else "I say A."))

    def do_bad_json(self, body: Body, time_of_it: int) -> None:
        self.say(200, self.reply(body, '{"verdict": "C"}'))

    def do_fenced(self, body: Body, time_of_it: int) -> None:
        self.say(
            200, self.reply(body, '<think>{"verdict": "B"}</think>Well:\n```json\n{"verdict": "A"}\n```')
        )


@contextmanager
def bad_server(
    answer: Callable[[Body], str] = echo, key: str = KEY, slow: float = 0.0
) -> Iterator[BadServer]:
    """The server, until the end."""
    with BadServer(answer, key, slow) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
