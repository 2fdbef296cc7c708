"""The messages of a request as a conversation, which is what rows of training data become too."""

from collections.abc import Callable, Sequence
from typing import Any

from pitchpipe.errors import suggest
from pitchpipe.records.conversation import Conversation, Json, Message
from pitchpipe_stages.render.messages import IN_WORDS, THOUGHTS
from pitchpipe_stages.serve.words.contents import content_of
from pitchpipe_stages.serve.words.tools import calls_of
from pitchpipe_stages.serve.words.values import must_be, only_keys, text_in, wrong

MOST = 512  # messages
ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}


def conversation_of(
    messages: Any,
    tools: Sequence[Json] = (),
    most: int = MOST,
) -> Conversation:
    """The conversation that awaits a reply. `tools` are read before.

    It may end with an assistant's message: what is answered then is a message of its own.
    """
    found = must_be(messages, list, "messages")
    if not found:
        raise wrong("'messages' is empty: there is nothing to answer", "messages")
    if len(found) > most:
        raise wrong(f"'messages' has {len(found):,} entries, and this server reads {most:,}", "messages")
    read = tuple(_message(one, f"messages.{at}") for at, one in enumerate(found))
    _answers_are_called_for(read)
    meta = {IN_WORDS: True} if any(message.reasoning for message in read) else {}
    return Conversation(read, tools=tuple(tools), meta=meta)


def _message(value: Any, param: str) -> Message:
    said = must_be(value, dict, param)
    name = said.get("role")
    if name == "function":
        cure = "the role 'function' is the old form: send 'tool', with 'tool_call_id'"
        raise wrong(cure, f"{param}.role", "unsupported_value")
    if not isinstance(name, str) or name not in ROLES:
        known = suggest(str(name), ROLES)
        raise wrong(
            f"there is no role {name!a}.{known}" if name else "a message has no role", f"{param}.role"
        )
    return _READ[ROLES[name]](said, ROLES[name], param)


def _plain(said: Json, role: str, param: str) -> Message:
    only_keys(said, ("role", "content", "name"), param)
    return Message(role, content_of(said, param), name=_text(said, "name", param))


def _of_tool(said: Json, role: str, param: str) -> Message:
    only_keys(said, ("role", "content", "name", "tool_call_id"), param)
    called = _text(said, "tool_call_id", param)
    if not called:
        raise wrong("a tool's message names the call that it answers", f"{param}.tool_call_id")
    return Message(role, content_of(said, param), name=_text(said, "name", param), tool_call_id=called)


def _of_assistant(said: Json, role: str, param: str) -> Message:
    if said.get("function_call") is not None:
        cure = f"'{param}.function_call' is the old form: send 'tool_calls'"
        raise wrong(cure, f"{param}.function_call", "unsupported_parameter")
    known = ("role", "content", "name", "tool_calls", "refusal", *THOUGHTS)
    only_keys({key: value for key, value in said.items() if value != []}, known, param)
    calls = calls_of(said.get("tool_calls"), f"{param}.tool_calls")
    refusal = _text(said, "refusal", param)
    silent = said.get("content") is None and (calls or refusal)
    content = "" if silent else content_of(said, param, "refusal")
    thoughts = [words for key in THOUGHTS if (words := _text(said, key, param))]
    if len(set(thoughts)) > 1:
        raise wrong(f"{param} holds two kinds of reasoning that differ", f"{param}.{THOUGHTS[0]}")
    return Message(
        role,
        content or refusal,
        reasoning=thoughts[0] if thoughts else "",
        tool_calls=calls,
        name=_text(said, "name", param),
    )


_READ: dict[str, Callable[[Json, str, str], Message]] = {
    "system": _plain, "user": _plain, "tool": _of_tool, "assistant": _of_assistant,
}  # fmt: skip


def _text(said: Json, key: str, param: str) -> str:
    value = said.get(key)
    return "" if value is None else text_in(value, f"{param}.{key}")


def _answers_are_called_for(messages: Sequence[Message]) -> None:
    """A tool's message answers a call that was made before it."""
    made = set[str]()
    for at, message in enumerate(messages):
        made |= {str(call["id"]) for call in message.tool_calls}
        if message.role == "tool" and message.tool_call_id not in made:
            words = f"no call before it has the id '{message.tool_call_id[:80]}'"
            raise wrong(words, f"messages.{at}.tool_call_id")
