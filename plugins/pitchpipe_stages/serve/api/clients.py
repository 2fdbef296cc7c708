"""Who asks, and whether what is said to them may be kept."""

from typing import Any
from uuid import uuid4

from fastapi import Request

from pitchpipe.host.serving import Declined
from pitchpipe.records.conversation import Json

CONSENT = "x-pitchpipe-consent"
_ANSWERS = {"yes": True, "true": True, "no": False, "false": False}


def new_id(kind: str) -> str:
    return f"{kind}-{uuid4().hex}"


def key_of(request: Request) -> str:
    """A digest of the client's key; empty where none is asked for."""
    return str(request.scope.get("state", {}).get("who", ""))


def user_of(request: Request, body: Json) -> str:
    """A user as the client names them; else whose key it is."""
    return str(body.get("user") or body.get("safety_identifier") or key_of(request))


def consent_of(request: Request, metadata: dict[str, str] | None) -> bool | None:
    """Whether an answer may be kept for training, by a header or by the metadata, where either says so."""
    named: list[tuple[str, Any]] = [("metadata", (metadata or {}).get("consent"))]
    named.append((CONSENT, request.headers.get(CONSENT)))
    said = {_consent(name, value) for name, value in named if value is not None}
    return None if not said else all(said)


def _consent(name: str, value: str) -> bool:
    if value.lower() not in _ANSWERS:
        raise Declined(
            400, f"'{name}': 'consent' must be yes or no, not '{value[:40]}'", name, "invalid_value"
        )
    return _ANSWERS[value.lower()]
