"""Errors as OpenAI writes them, whoever raises them: {"error": {"message", "type", "param", "code"}}."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from pitchpipe.errors import suggest
from pitchpipe.host.serving import Declined
from pitchpipe_stages.serve.api.body import BodyTooLarge
from pitchpipe_stages.serve.api.clients import new_id
from pitchpipe_stages.serve.api.encoding import encoded

_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_FAILED = "the answer failed; the server's log says why"


def error_of(error: Exception) -> dict[str, Any]:
    """What a client is told. Of a failure that is not its own it hears that there was one."""
    known = error if isinstance(error, Declined) else Declined(500, _FAILED, code="internal_error")
    kind = _KINDS.get(known.status, "server_error" if known.status >= 500 else "invalid_request_error")
    words = {"message": str(known), "type": kind, "param": known.param or None, "code": known.code or None}
    return {"error": words}


def error_response(error: Exception, id: str = "") -> Response:
    """The HTTP response of an error. `id` finds it again."""
    after = error.after if isinstance(error, Declined) else None
    headers = {"x-request-id": id or new_id("req")} | ({} if after is None else {"retry-after": str(after)})
    if isinstance(error, BodyTooLarge) and error.endless:
        headers["connection"] = "close"
    status = error.status if isinstance(error, Declined) else 500
    return Response(encoded(error_of(error)), status, headers, "application/json")


def tell_errors(app: FastAPI) -> None:
    """Has an application answer with such errors, also for what the framework itself refuses."""

    async def failed(request: Request, error: Exception) -> Response:
        known = _unknown(app, request, error) if isinstance(error, HTTPException) else error
        return error_response(known, getattr(request.state, "id", ""))

    for kind in (Declined, HTTPException):
        app.add_exception_handler(kind, failed)


def _unknown(app: FastAPI, request: Request, error: HTTPException) -> Declined:
    """A path that is not there, or a method that it does not take."""
    asked = f"{request.method} {request.url.path}"
    if error.status_code == 404:
        known = [str(getattr(route, "path", "")) for route in app.routes]
        return Declined(404, f"there is no {asked}.{suggest(request.url.path, known)}", code="unknown_url")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return Declined(405, f"{asked}: this path takes {allowed} alone", code="method_not_allowed")
    why = error.detail or HTTPStatus(error.status_code).phrase
    return Declined(error.status_code, f"{asked}: {why}")
