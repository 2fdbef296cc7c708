"""POST /v1/chat/completions: a conversation, and the reply to it."""

from fastapi import Request

from pitchpipe.host.serving import Declined
from pitchpipe.host.serving import Request as Prompt
from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_stages.serve.api.asked import ClientAsk
from pitchpipe_stages.serve.api.checking import checked
from pitchpipe_stages.serve.api.clients import consent_of, new_id, user_of
from pitchpipe_stages.serve.api.parameters import ChatParameters
from pitchpipe_stages.serve.api.shapes import ChatShape
from pitchpipe_stages.serve.api.unsupported import CHAT
from pitchpipe_stages.serve.api.wishes import chat_wish, wants_usage
from pitchpipe_stages.serve.sections import Serve
from pitchpipe_stages.serve.service import ServingService


def asked_chat(service: ServingService, request: Request, body: Json, serve: Serve) -> ClientAsk:
    """A chat that the server can answer."""
    chat = checked(ChatParameters, body, CHAT)
    if len(chat.messages) > serve.max_messages:
        many = f"{len(chat.messages):,} messages, and {serve.max_messages:,} is the most here"
        raise Declined(400, f"the conversation has {many}", "messages", "too_many_messages")
    wish, user = chat_wish(chat, serve), user_of(request, body)
    prompt = Prompt(
        new_id("chatcmpl"), chat.model, _conversation(chat), wish,
        user=user, consent=consent_of(request, chat.metadata),
    )  # fmt: skip
    shape = ChatShape(wish.logprobs is not None)
    return ClientAsk(prompt.id, chat.model, [service.read(prompt)], shape, wants_usage(chat))


def _conversation(chat: ChatParameters) -> Conversation:
    return Conversation(tuple(Message(one["role"], one["content"]) for one in chat.messages))
