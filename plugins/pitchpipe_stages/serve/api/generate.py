"""POST /generate: an instruction in, the response out, and nothing else."""

from dataclasses import replace

from fastapi import Request
from starlette.types import Send

from pitchpipe.host.serving import Declined, Wish
from pitchpipe.host.serving import Request as Prompt
from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_stages.serve.api.answered import send_whole, whole
from pitchpipe_stages.serve.api.asked import ClientAsk
from pitchpipe_stages.serve.api.checking import checked
from pitchpipe_stages.serve.api.clients import consent_of, key_of, new_id, user_of
from pitchpipe_stages.serve.api.encoding import encoded
from pitchpipe_stages.serve.api.parameters import InstructionParameters
from pitchpipe_stages.serve.api.said import Hearing
from pitchpipe_stages.serve.api.shapes import ChatShape
from pitchpipe_stages.serve.api.unsupported import CHAT
from pitchpipe_stages.serve.api.wishes import limited, sampling_of
from pitchpipe_stages.serve.sections import Serve
from pitchpipe_stages.serve.service import ServingService

USUAL = 256  # tokens of a response


def asked_instruction(service: ServingService, request: Request, body: Json, serve: Serve) -> ClientAsk:
    """An instruction as a conversation of one message, for the first model where none is named."""
    given = checked(InstructionParameters, body, CHAT)
    model = given.model or service.names[0]
    wish = Wish(
        sampling_of({"temperature": given.temperature}),
        limited("max_tokens", given.max_tokens, serve) or min(USUAL, serve.max_tokens or USUAL),
        left=("top_p", "top_k", "min_p"),
    )
    prompt = Prompt(
        new_id("gen"), model, Conversation((Message("user", given.instruction),)), wish, False,
        user=user_of(request, body), key=key_of(request), consent=consent_of(request, None),
    )  # fmt: skip
    return ClientAsk(prompt.id, model, [_read(service, prompt, given.max_tokens is None)], ChatShape(False))


def _read(service: ServingService, prompt: Prompt, usual: bool) -> Prompt:
    """The usual number of tokens gives way where the context has less room."""
    try:
        return service.read(prompt)
    except Declined as no:
        if not usual or no.code != "context_length_exceeded":
            raise
    return service.read(replace(prompt, wish=replace(prompt.wish, max_tokens=None)))


async def tell_response(asked: ClientAsk, hearing: Hearing, send: Send) -> None:
    """Sends the response. `x-request-id` is its id, for feedback."""
    (said,) = await whole(asked, hearing)
    await send_whole(asked, said, encoded({"response": said.text}), send)
