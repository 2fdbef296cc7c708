"""Parity with a server: the chat template that is saved gives a server the ids that training saw."""

from typing import TYPE_CHECKING, Any, cast

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Conversation, Json
from pitchpipe.records.example import IGNORED, Example
from pitchpipe_stages.render.chat_template import Passed
from pitchpipe_stages.render.document import is_document, prove_written
from pitchpipe_stages.render.messages import as_served, texts_in
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.taught import TaughtPart
from pitchpipe_stages.render.writing import ChatTemplates

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def prove_served(renderer: Renderer, tokenizer: "PreTrainedTokenizerFast", part: TaughtPart) -> bool:
    """A server that uses the saved chat template must see the very ids that training saw, before each reply.

    Plain text, which no server asks for, must have the ids of a document. False where there is nothing to
    compare.
    """
    if is_document(part.conversation):
        text = part.conversation.messages[0].content
        return not renderer.cutting.search(text) and prove_written(tokenizer, part)
    saved = renderer.chat_template
    proven = False
    for reply, request in part.requests.items() if saved else ():
        conversation = part.conversation
        messages = as_served(conversation.messages[:reply], request.serving)
        tools = list(conversation.tools) or None
        if any(map(renderer.cutting.search, texts_in([messages, tools]))):
            continue  # a server does turn such words into control tokens; training never does
        served = _served(tokenizer, saved, conversation, messages, tools, request)
        seen = list(part.example.ids)
        begins = isinstance(conversation.messages[reply].learn, tuple) or _learns(part.example, len(served))
        if seen[: len(served)] != served or not begins:
            raise PitchpipeError(
                f"{conversation.source}: the saved chat template would not give the ids of training.\n"
                f"training: {tokenizer.decode(seen)!r}\nserving:  {tokenizer.decode(served)!r}"
            )
        proven = True
    return proven


def _learns(example: Example, at: int) -> bool:
    return at < len(example.labels) and example.labels[at] != IGNORED


def _served(
    tokenizer: "PreTrainedTokenizerFast",
    saved: ChatTemplates,
    conversation: Conversation,
    messages: list[Json],
    tools: list[Json] | None,
    request: Passed,
) -> list[int]:
    """The ids that Transformers gives a server for the next reply."""
    if isinstance(saved, dict):
        saved = saved["tool_use" if tools and "tool_use" in saved else "default"]
    try:
        # Types of Transformers do not say what return_dict changes.
        served: Any = tokenizer.apply_chat_template(
            messages,
            tools=cast(Any, tools),
            chat_template=saved,
            add_generation_prompt=True,
            return_dict=True,
            **cast(Any, request.variables),
        )
    except Exception as error:
        raise PitchpipeError(f"{conversation.source}: the saved chat template fails: {error}") from error
    ids: list[int] = served["input_ids"]
    return ids


def shape(conversation: Conversation) -> tuple[object, ...]:
    """What a chat template decides by: who speaks when, and who has more to say than words."""
    messages = conversation.messages
    more = [
        n
        for n, m in enumerate(messages)
        if m.context or m.reasoning or m.tool_calls or m.name or not m.content
    ]
    return (bool(conversation.tools), *[message.role for message in messages], *more)
