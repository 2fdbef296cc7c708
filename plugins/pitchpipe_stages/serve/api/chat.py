"""POST /v1/chat/completions: a conversation, and the reply to it."""

from dataclasses import replace

from fastapi import Request

from pitchpipe.host.serving import Request as Prompt
from pitchpipe.records.conversation import Json
from pitchpipe_stages.serve.api.asked import ClientAsk
from pitchpipe_stages.serve.api.checking import checked
from pitchpipe_stages.serve.api.clients import consent_of, key_of, new_id, user_of
from pitchpipe_stages.serve.api.parameters import ChatParameters
from pitchpipe_stages.serve.api.shapes import ChatShape
from pitchpipe_stages.serve.api.unsupported import CHAT
from pitchpipe_stages.serve.api.wishes import chat_wish, wants_usage
from pitchpipe_stages.serve.sections import Serve
from pitchpipe_stages.serve.service import ServingService
from pitchpipe_stages.serve.words.messages import conversation_of
from pitchpipe_stages.serve.words.tools import calls_most, tools_of
from pitchpipe_stages.serve.words.variables import variables_of


def asked_chat(service: ServingService, request: Request, body: Json, serve: Serve) -> ClientAsk:
    """A chat that the server can answer."""
    chat = checked(ChatParameters, body, CHAT)
    tools = tools_of(chat.tools, chat.tool_choice)
    variables = variables_of(chat.chat_template_kwargs, chat.reasoning_effort)
    calls = calls_most(chat.parallel_tool_calls)
    wish = replace(chat_wish(chat, serve), calls=calls, variables=variables)
    prompt = Prompt(
        new_id("chatcmpl"), chat.model, conversation_of(chat.messages, tools, serve.max_messages),
        wish, bool(chat.stream), user=user_of(request, body), key=key_of(request),
        consent=consent_of(request, chat.metadata),
    )  # fmt: skip
    shape = ChatShape(wish.logprobs is not None)
    return ClientAsk(prompt.id, chat.model, [service.read(prompt)], shape, wants_usage(chat))
