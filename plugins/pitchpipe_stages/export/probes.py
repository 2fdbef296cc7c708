"""Questions that prove an export: held-out prompts of the run, else some of our own, as servers pass them."""

from itertools import chain, islice
from pathlib import Path

from msgspec import Struct

from pitchpipe.errors import Quarantine
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe_stages.merge.prompts import OWN, asked, held_out
from pitchpipe_stages.render.messages import as_served, texts_in
from pitchpipe_stages.render.renderer import Renderer

MOST = 16
UNUSUAL = "Écris « été » trois fois,  puis 12345 😀 !"  # what tokenizers cut in different ways


class ClientPrompt(Struct):
    """A prompt: what a client sends, and the ids that training would see. No `messages`: it has no client."""

    ids: list[int]
    messages: list[Json] | None = None
    tools: list[Json] | None = None
    variables: Json = {}


def probes(renderer: Renderer, run: Path | None) -> list[ClientPrompt]:
    """An unusual prompt, and prompts of a run that the model was not trained on, or our own."""
    of_run = held_out(run / "prepared") if run else ()
    conversations = chain([asked(UNUSUAL)], of_run, map(asked, OWN))
    found = (probe for one in conversations if (probe := _probe(renderer, one)))
    return list(islice(found, MOST))


def _probe(renderer: Renderer, conversation: Conversation) -> ClientPrompt | None:
    """The prompt of the last learned reply; nothing where no client can send its words as they are."""
    if not conversation.last_reply():
        return None
    try:
        part = renderer.examples(conversation)[-1]
        reply, request = list(part.requests.items())[-1]
        ids, _ = renderer.prompt(part.conversation, reply)
    except (Quarantine, IndexError):
        return None
    if not renderer.chat_template:
        return ClientPrompt(ids)
    messages = as_served(part.conversation.messages[:reply], request.serving)
    tools = list(part.conversation.tools) or None
    if any(map(renderer.cutting.search, texts_in([messages, tools]))):
        return None  # servers take such words for control tokens
    return ClientPrompt(ids, messages, tools, dict(request.variables))
