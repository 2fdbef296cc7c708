"""POST /v1/completions: texts or tokens to go on with."""

from dataclasses import replace
from typing import Any

from fastapi import Request

from pitchpipe.host.serving import Declined
from pitchpipe.host.serving import Request as Prompt
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe_stages.serve.api.asked import ClientAsk
from pitchpipe_stages.serve.api.checking import checked, must_be, wrong
from pitchpipe_stages.serve.api.clients import consent_of, key_of, new_id, user_of
from pitchpipe_stages.serve.api.parameters import TextParameters
from pitchpipe_stages.serve.api.shapes import TextShape
from pitchpipe_stages.serve.api.unsupported import TEXT
from pitchpipe_stages.serve.api.wishes import text_wish, wants_usage
from pitchpipe_stages.serve.sections import Serve
from pitchpipe_stages.serve.service import ServingService

MOST_PROMPTS = 32


def asked_texts(service: ServingService, request: Request, body: Json, serve: Serve) -> ClientAsk:
    """Prompts that the server can go on with. Their answers are numbered one prompt after the other."""
    texts = checked(TextParameters, body, TEXT)
    wish, key = text_wish(texts, serve), new_id("cmpl")
    prompts = _prompts(texts.prompt)
    common = Prompt(
        key, texts.model, Conversation(()), wish, bool(texts.stream),
        user=user_of(request, body), key=key_of(request), consent=consent_of(request, texts.metadata),
    )  # fmt: skip
    keys = [key] if len(prompts) == 1 else [f"{key}-{number}" for number in range(len(prompts))]
    read = [
        service.read(
            replace(common, id=own, text=one) if isinstance(one, str) else replace(common, id=own, tokens=one)
        )
        for own, one in zip(keys, prompts, strict=True)
    ]
    return ClientAsk(key, texts.model, read, TextShape(wish.logprobs), wants_usage(texts))


def _prompts(given: Any) -> list[str | tuple[int, ...]]:
    """Each prompt: a text, or the ids of its tokens."""
    if isinstance(given, str):
        return [given]
    if all(_is_id(one) for one in given):
        return [tuple(given)]
    if len(given) > MOST_PROMPTS:
        raise Declined(400, f"{len(given):,} prompts; {MOST_PROMPTS} is the most", "prompt", "invalid_value")
    return [_prompt(number, one) for number, one in enumerate(given)]


def _prompt(number: int, given: Any) -> str | tuple[int, ...]:
    if given and isinstance(given, str):
        return given
    if given and isinstance(given, list) and all(_is_id(one) for one in given):
        return tuple(given)
    raise wrong(f"prompt[{number}]", must_be(TextParameters, "prompt"), given)


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
