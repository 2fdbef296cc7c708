"""The routes of the server."""

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

from pitchpipe.host.contracts import Sampling
from pitchpipe.host.serving import Declined, Wish
from pitchpipe.host.serving import Request as Asked
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_stages.serve.service import ServingService


def app_of(service: ServingService) -> FastAPI:
    """The application that answers by a service."""

    app = FastAPI(title="pitchpipe")

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        cards = [{"id": n, "object": "model", "created": 0, "owned_by": "pitchpipe"} for n in service.names]
        return {"object": "list", "data": cards}

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> Any:
        try:
            body = msgspec.json.decode(await request.body())
            asked = service.read(_asked(body))
        except Declined as no:
            error = {"message": str(no), "type": "invalid_request_error", "param": no.param, "code": no.code}
            return JSONResponse({"error": error}, no.status)
        if body.get("stream"):
            return StreamingResponse(_events(service, asked), media_type="text/event-stream")
        text, end, tokens = "", "", 0
        async for said in service.answer(asked):
            text, end, tokens = text + said.text, said.end or end, tokens + said.tokens
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": end, "logprobs": None}
        usage = {"prompt_tokens": len(asked.ids), "completion_tokens": tokens}
        usage["total_tokens"] = sum(usage.values())
        return _head(asked) | {"object": "chat.completion", "choices": [choice], "usage": usage}

    return app


def _asked(body: dict[str, Any]) -> Asked:
    messages = tuple(Message(one["role"], one["content"]) for one in body["messages"])
    temperature = body.get("temperature", 1.0)
    wish = Wish(Sampling(temperature, body.get("top_p", 1.0)), body.get("max_tokens"), seed=body.get("seed"))
    return Asked(f"chatcmpl-{uuid.uuid4().hex}", body.get("model", ""), Conversation(messages), wish)


def _head(asked: Asked) -> dict[str, Any]:
    return {"id": asked.id, "created": int(time.time()), "model": asked.model, "system_fingerprint": None}


async def _events(service: ServingService, asked: Asked) -> AsyncIterator[bytes]:
    head = _head(asked) | {"object": "chat.completion.chunk"}
    async for said in service.answer(asked):
        choice = {"index": said.index, "delta": {"content": said.text}, "finish_reason": said.end or None}
        yield b"data: " + msgspec.json.encode(head | {"choices": [choice]}) + b"\n\n"
    yield b"data: [DONE]\n\n"
