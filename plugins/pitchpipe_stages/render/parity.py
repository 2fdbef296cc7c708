"""Parity with a server: the chat template that is saved gives a server the ids that training saw."""

from typing import TYPE_CHECKING, Any, cast

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation, replace
from pitchpipe_stages.render.messages import as_served, texts_in
from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def prove_served(
    renderer: Renderer, tokenizer: "PreTrainedTokenizerFast", conversation: Conversation
) -> bool:
    """A server that uses the saved chat template must see the very ids that training saw.

    False where it would not, and rightly: there is nothing to compare.
    """
    source, reply = renderer.chat_template, conversation.last_reply()
    if source is None or reply is None:
        return False
    try:
        ids, _ = renderer.prompt(conversation, reply)
    except Quarantine:
        return False  # nobody can ask for this reply: training learned others of the conversation
    asked = replace(conversation, messages=conversation.messages[:reply])
    writer = renderer.serving
    messages, tools = as_served(asked, writer.context_apart), list(conversation.tools) or None
    if any(map(renderer.cutting.search, texts_in([messages, tools]))):
        return False  # a server does turn such words into control tokens; training never does
    try:
        # Types of Transformers do not say what return_dict changes.
        served: Any = tokenizer.apply_chat_template(
            messages,
            tools=cast(Any, tools),
            chat_template=source,
            add_generation_prompt=True,
            return_dict=True,
            **cast(Any, writer.variables),
        )
    except Exception as error:
        raise PitchpipeError(f"{conversation.source}: the saved chat template fails: {error}") from error
    served = served["input_ids"]
    if served != ids:
        raise PitchpipeError(
            f"{conversation.source}: the saved chat template would not give the ids of training.\n"
            f"training: {tokenizer.decode(ids)!r}\nserving:  {tokenizer.decode(served)!r}"
        )
    return True


def shape(conversation: Conversation) -> tuple[object, ...]:
    """What a chat template decides by: who speaks when, and who has more to say than words."""
    messages = conversation.messages
    more = [
        n
        for n, m in enumerate(messages)
        if m.context or m.reasoning or m.tool_calls or m.name or not m.content
    ]
    return (bool(conversation.tools), *[message.role for message in messages], *more)
