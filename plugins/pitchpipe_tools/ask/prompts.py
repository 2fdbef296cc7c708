"""What is asked: words of the command line, standard input, its lines, or conversations as JSON."""

import json
import sys
from collections.abc import Iterator
from itertools import chain
from typing import Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.records.conversation import Conversation, Message

STDIN = "-"
ROLES = ("system", "user", "assistant")
Prompts = Iterator[tuple[int, Conversation | str]]  # the number of a line, and why it cannot be asked


def asked(prompt: tuple[str, ...], messages: bool, system: str) -> Conversation:
    """The one conversation that is asked."""
    if messages:
        if prompt:
            raise PitchpipeError("--messages: the conversation comes from standard input; leave PROMPT out")
        return _of_messages(_stdin(), system)
    if not prompt and sys.stdin is not None and sys.stdin.isatty():
        raise PitchpipeError('no prompt: pitchpipe ask MODEL "a prompt", or give it on standard input')
    parts = [_stdin().rstrip("\n") if part == STDIN else part for part in prompt or (STDIN,)]
    words = "\n\n".join(parts)
    if not words.strip():
        raise PitchpipeError("the prompt is empty")
    return _talk(words, system)


def _stdin() -> str:
    if sys.stdin is None:
        raise PitchpipeError(
            'standard input is closed, and there is no other prompt: pitchpipe ask MODEL "a prompt"'
        )
    return sys.stdin.buffer.read().decode("utf-8-sig", "replace")


def asked_lines(messages: bool, system: str) -> Prompts:
    """Each line of standard input that holds something; at least one."""
    if sys.stdin is None:
        raise PitchpipeError("--lines: standard input is closed")
    rows = _lines(messages, system)
    first = next(rows, None)
    if first is None:
        raise PitchpipeError("standard input is empty: there is no prompt")
    return chain([first], rows)


def _lines(messages: bool, system: str) -> Prompts:
    for number, raw in enumerate(sys.stdin.buffer, 1):
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").rstrip("\r\n")
        if not text.strip():
            continue
        try:
            yield number, _of_messages(text, system) if messages else _talk(text, system)
        except PitchpipeError as error:
            yield number, str(error)


def _talk(words: str, system: str) -> Conversation:
    before = [Message("system", system)] if system else []
    return Conversation((*before, Message("user", words)))


def _of_messages(text: str, system: str) -> Conversation:
    """The conversation of a list of messages, or of an object that holds one."""
    try:
        said = json.loads(text)
    except ValueError as error:
        raise PitchpipeError(f"--messages: this is no JSON: {error}") from None
    said = said.get("messages") if isinstance(said, dict) else said
    if not isinstance(said, list) or not said:
        raise PitchpipeError('--messages: a list is needed, as [{"role": "user", "content": "Hi"}]')
    found = [_message(one, number) for number, one in enumerate(said, 1)]
    if found[-1].role != "user":
        raise PitchpipeError(f"--messages: the last message is the {found[-1].role}'s: nothing is asked")
    if system:
        if found[0].role == "system":
            raise PitchpipeError("--system: the messages begin with a system message of their own")
        found.insert(0, Message("system", system))
    return Conversation(tuple(found))


def _message(one: Any, number: int) -> Message:
    role, content = (one.get("role"), one.get("content")) if isinstance(one, dict) else (None, None)
    if role not in ROLES or not isinstance(content, str):
        raise PitchpipeError(
            f"--messages: message {number} needs a role of {', '.join(ROLES)} and a text as content"
        )
    return Message(role, content)
