"""Streams of the bad server: OpenAI's events, well told and badly."""

import json
import select
import time
from typing import Any

Body = dict[str, Any]
CALL = {"index": 0, "id": "call_a", "type": "function"}


class BadStreams:
    """Modes of questions that stream, for the handler of the bad server."""

    def events(self, body: Body, deltas: list[Body], end: str | None = "stop", done: bool = True) -> None:
        """Whole events: deltas, the end, what was counted, [DONE]."""
        self.begin_events()
        for delta in deltas:
            self.event(self.chunk(body, delta))
            if self.gone():
                return
        if end:
            self.event(self.chunk(body, {}, end))
        if body.get("stream_options"):
            usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
            self.event(self.chunk(body) | {"usage": usage})
        if done:
            self.send(b"data: [DONE]\n\n")
        self.end_events()

    def begin_events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def end_events(self) -> None:
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def chunk(self, body: Body, delta: Body | None = None, end: str | None = None, index: int = 0) -> Body:
        said = {"text": (delta or {}).get("content", "")} if "prompt" in body else {"delta": delta}
        choices = [] if delta is None else [{"index": index, **said, "finish_reason": end, "logprobs": None}]
        kind = "text_completion" if "prompt" in body else "chat.completion.chunk"
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body["model"], "choices": choices}

    def event(self, chunk: Body) -> None:
        self.send(b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n")

    def send(self, content: bytes) -> None:
        try:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def gone(self) -> bool:
        """Whether the client has hung up."""
        if select.select([self.connection], [], [], 0)[0]:
            try:
                return not self.connection.recv(1)
            except OSError:
                return True
        return self.close_connection

    # --- Well -------------------------------------------------------------------------------------

    def stream_fine(self, body: Body, text: str) -> None:
        words = [{"content": part} for part in text.replace(" ", " \0").split("\0")]
        self.events(body, [{"role": "assistant", "content": ""}, *words])

    def do_bytewise(self, body: Body, _: int) -> None:
        """Comments, CRLF, names of events, data without its space, and a byte at a time."""
        self.begin_events()
        said = [
            json.dumps(self.chunk(body, {"content": part}), ensure_ascii=False) for part in ("Größe ", "😀")
        ]
        end = json.dumps(self.chunk(body, {}, "stop"))
        text = f": ping\r\n\r\nevent: message\r\ndata:{said[0]}\r\n\r\ndata: {said[1]}\r\rdata: {end}\n\n: ping\n\n"
        for one in f"\ufeff{text}data: [DONE]".encode():
            self.send(bytes([one]))
        self.end_events()

    def do_reasoning(self, body: Body, _: int) -> None:
        self.events(body, [{"reasoning_content": "hm "}, {"reasoning": "so"}, {"content": "42"}])

    def do_calls(self, body: Body, _: int) -> None:
        """Two calls in pieces, as OpenAI and vLLM send them."""
        second = {"index": 1, "id": "call_b", "type": "function"}
        pieces = [
            CALL | {"function": {"name": "add", "arguments": ""}},
            {"index": 0, "function": {"arguments": '{"a": 1'}},
            {"index": 0, "function": {"arguments": ', "b": 2}'}},
            second | {"function": {"name": "now", "arguments": "{}"}},
        ]
        self.events(body, [{"tool_calls": [piece]} for piece in pieces], "tool_calls")

    def do_calls_at_zero(self, body: Body, _: int) -> None:
        """Two whole calls at one place, each with an id; the end is a usual one."""
        calls = [CALL | {"id": f"call_{n}", "function": {"name": n, "arguments": "{}"}} for n in "ab"]
        self.events(body, [{"tool_calls": [call]} for call in calls])

    def do_likely(self, body: Body, _: int) -> None:
        self.begin_events()
        chunk = self.chunk(body, {"content": "é"})
        tops = [
            {"token": "é", "logprob": -0.1, "bytes": [195, 169]},
            {"token": "e", "logprob": -2.5, "bytes": None},
        ]
        chunk["choices"][0]["logprobs"] = {"content": [tops[0] | {"top_logprobs": tops}], "refusal": None}
        for one in (chunk, self.chunk(body, {}, "length")):
            self.event(one)
        self.send(b"data: [DONE]\n\n")
        self.end_events()

    def do_two(self, body: Body, _: int) -> None:
        self.begin_events()
        for index, text, end in (
            (1, "b", None),
            (0, "a", None),
            (0, "", "length"),
            (1, "B", None),
            (1, "", "stop"),
        ):
            self.event(self.chunk(body, {"content": text}, end, index))
        self.send(b"data: [DONE]\n\n")
        self.end_events()

    def do_stream_refusal(self, body: Body, _: int) -> None:
        self.events(body, [{"refusal": "I can"}, {"refusal": "not."}])

    # --- Odd --------------------------------------------------------------------------------------

    def do_no_done(self, body: Body, _: int) -> None:
        self.events(body, [{"content": "whole"}], done=False)

    def do_no_end(self, body: Body, _: int) -> None:
        self.events(body, [{"content": "whole"}], end=None)

    def do_no_end_no_done(self, body: Body, _: int) -> None:
        self.events(body, [{"content": "half"}], end=None, done=False)

    def do_nothing_said(self, body: Body, _: int) -> None:
        self.begin_events()
        self.end_events()

    def do_error_first(self, body: Body, _: int) -> None:
        self.begin_events()
        self.send(b'event: error\ndata: {"error": {"message": "overloaded", "code": 503}}\n\n')
        self.end_events()

    def do_error_late(self, body: Body, _: int) -> None:
        self.begin_events()
        self.event(self.chunk(body, {"content": "half"}))
        self.event({"error": {"message": "out of memory", "type": "server_error"}})
        self.end_events()

    def do_cut_stream(self, body: Body, _: int) -> None:
        self.begin_events()
        self.event(self.chunk(body, {"content": "half"}))
        self.close_connection = True
        self.connection.close()

    def do_no_words(self, body: Body, _: int) -> None:
        """Headers at once, and no word."""
        self.begin_events()
        self.send(b": wait\n\n")
        for _ in range(3000):
            if self.gone():
                self.server.gone.append("no_words")
                return
            time.sleep(0.01)

    def do_endless(self, body: Body, _: int) -> None:
        """Words until nobody listens."""
        self.begin_events()
        for number in range(3000):
            self.event(self.chunk(body, {"content": f"{number} "}))
            if self.gone():
                self.server.gone.append("endless")
                return
            time.sleep(0.01)
