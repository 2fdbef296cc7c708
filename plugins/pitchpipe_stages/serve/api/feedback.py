"""POST /v1/feedback: what a client thinks of an answer, for all parts that want to know."""

from typing import Any

from fastapi import Request

from pitchpipe.host.serving import Declined, Feedback
from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.api.checking import checked
from pitchpipe_stages.serve.api.clients import user_of
from pitchpipe_stages.serve.api.parameters import FeedbackParameters
from pitchpipe_stages.serve.service import ServingService


async def heard(service: ServingService, request: Request, body: Json) -> dict[str, Any]:
    """Gives it to each part that listens. One of them must know the answer."""
    given = checked(FeedbackParameters, body, {})
    if given.rating is None and not given.better:
        raise Declined(400, "send a 'rating' from -1 to 1, or a 'better' reply", "rating", "invalid_value")
    known = await service.heard(
        Feedback(given.id, given.rating, given.better, user_of(request, body), given.index)
    )
    if known is None:
        message = "nothing here keeps feedback: add the middleware `journal` to the recipe"
        raise Declined(501, message, code="feedback_not_kept")
    if not known:
        message = f"no answer with the id '{given.id[:80]}' is known, or nobody consented to keep it"
        raise Declined(404, message, "id", "answer_not_found")
    return {"id": given.id, "object": "feedback", "kept": True}
