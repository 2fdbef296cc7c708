"""A server with chat completions that waits, answers and does nothing else, so that it is quick.

python benchmarks/quick_server.py SECONDS      prints its port
"""

import asyncio
import json
import sys
import time

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
WORDS = "A reply of some length, as a model writes it. " * 12


def said(body: bytes) -> bytes:
    """A reply that the question decides."""
    asked = json.loads(body)
    words = asked["messages"][-1]["content"] if asked["messages"] else ""  # curator tries first with none
    text = f"{words[:24]}: {WORDS}"
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 250, "completion_tokens": 120, "total_tokens": 370}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": asked["model"]}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    return json.dumps(head | {"choices": choices, "usage": usage}).encode()


class Chat(asyncio.Protocol):
    """One connection. Requests come one after another."""

    slow, asked = 0.05, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.had = transport, b""

    def data_received(self, data: bytes) -> None:
        self.had += data
        head, end, body = self.had.partition(b"\r\n\r\n")
        if not end:
            return
        if head.startswith(b"GET"):
            self.had = b""
            return self.answer(json.dumps({"asked": Chat.asked, "seconds": time.process_time()}).encode())
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(body) >= length:
            self.had, Chat.asked = b"", Chat.asked + 1
            asyncio.get_running_loop().call_later(self.slow, self.answer, said(body))

    def answer(self, content: bytes) -> None:
        self.transport.write(HEAD % len(content) + content)  # type: ignore[attr-defined]


async def main(slow: float) -> None:
    Chat.slow = slow
    server = await asyncio.get_running_loop().create_server(Chat, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
