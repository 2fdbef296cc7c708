"""The application: routes, what each takes and gives, and how all of them fail."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pitchpipe import __version__
from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.api.answered import Answered, Tell, tell_events, tell_whole
from pitchpipe_stages.serve.api.asked import ClientAsk
from pitchpipe_stages.serve.api.body import body_of
from pitchpipe_stages.serve.api.chat import asked_chat
from pitchpipe_stages.serve.api.completions import asked_texts
from pitchpipe_stages.serve.api.documents import (
    CHAT_DOCS,
    FEEDBACK_DOCS,
    GENERATE_DOCS,
    NAME_IN_PATH,
    TEXT_DOCS,
    docs_page,
)
from pitchpipe_stages.serve.api.encoding import encoded
from pitchpipe_stages.serve.api.errors import tell_errors
from pitchpipe_stages.serve.api.failures import HeardFailures
from pitchpipe_stages.serve.api.feedback import heard
from pitchpipe_stages.serve.api.generate import asked_instruction, tell_response
from pitchpipe_stages.serve.api.health import alive, ready
from pitchpipe_stages.serve.api.models import card, cards
from pitchpipe_stages.serve.api.reading import ReadingDesk
from pitchpipe_stages.serve.sections import Serve
from pitchpipe_stages.serve.service import ServingService

Read = Callable[[ServingService, Request, Json, Serve], ClientAsk]
Page = Callable[[], str]
_METRICS = "text/plain; version=0.0.4; charset=utf-8"


def app_of(
    service: ServingService, serve: Serve | None = None, pages: Mapping[str, Page] | None = None
) -> FastAPI:
    """The application that answers by a service. `pages` are further ones, by their paths."""
    app = FastAPI(
        title="pitchpipe", version=__version__,
        description="Tuned models, asked in the words of their training.",
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    tell_errors(app)
    app.add_middleware(HeardFailures)
    _answering(app, service, serve or Serve())
    _looking(app, service)
    shown: dict[str, Page] = {"/docs": docs_page, **(pages or {})}
    for path, page in shown.items():
        app.add_api_route(path, _page_route(page), include_in_schema=False)
    return app


def _answering(app: FastAPI, service: ServingService, serve: Serve) -> None:
    """The routes that ask a model, and the one that hears how it was."""
    desk = ReadingDesk()

    def add(path: str, read: Read, whole: Tell, events: Tell | None, docs: Json) -> None:
        async def route(request: Request) -> Response:
            body = await body_of(request, serve.max_body)
            found = partial(read, service, request, body, serve)
            # A router has its own state, and is asked in the one thread that knows it.
            routed = service.router and body.get("model") == service.routed
            asked = found() if routed else await desk.read(found, request.state.size)
            request.state.id = asked.id
            return Answered(service.answer, asked, events if events and body.get("stream") else whole)

        app.post(path, **docs)(route)

    add("/v1/chat/completions", asked_chat, tell_whole, tell_events, CHAT_DOCS)
    add("/v1/completions", asked_texts, tell_whole, tell_events, TEXT_DOCS)
    add("/generate", asked_instruction, tell_response, None, GENERATE_DOCS)

    async def feedback(request: Request) -> Response:
        return _json(await heard(service, request, await body_of(request, serve.max_body)))

    app.post("/v1/feedback", **FEEDBACK_DOCS)(feedback)


def _looking(app: FastAPI, service: ServingService) -> None:
    """The routes that only tell."""
    since = int(time.time())

    @app.get("/v1/models", summary="The models that may be asked", tags=["models"])
    async def models() -> Response:
        return _json(cards(service, since))

    @app.get("/v1/models/{model:path}", summary="One of them", tags=["models"], openapi_extra=NAME_IN_PATH)
    async def model(request: Request) -> Response:
        return _json(card(service, request.path_params["model"], since))

    @app.get("/health", summary="Whether the process works", tags=["the server"])
    async def health() -> Response:
        return _state(alive(service))

    @app.get("/ready", summary="Whether it takes requests", tags=["the server"])
    async def readiness() -> Response:
        return _state(ready(service))

    @app.get("/metrics", summary="Numbers, as Prometheus reads them", tags=["the server"])
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=_METRICS)

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        return RedirectResponse("/docs")


def _json(value: Any, status: int = 200) -> Response:
    return Response(encoded(value), status, media_type="application/json")


def _state(why_not: str) -> Response:
    return _json({"status": why_not or "ok"}, 503 if why_not else 200)


def _page_route(page: Page) -> Callable[[], Any]:
    async def route() -> Response:
        return HTMLResponse(page())

    return route
