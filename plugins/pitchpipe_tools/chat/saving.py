"""Writes a conversation as a row that the format `messages` reads: the seed of the next data set."""

import json
from pathlib import Path

from pitchpipe.records.conversation import Conversation, Json, Message

DEFAULT = "chat.jsonl"


def row_of(conversation: Conversation) -> Json:
    """The conversation as a row. Reasoning stands in the words, where every template can have it."""
    return {"messages": [_turn(message) for message in conversation.messages]}


def append(file: Path, conversation: Conversation) -> int:
    """Appends a row; says which line it is."""
    line = json.dumps(row_of(conversation), ensure_ascii=False)
    with open(file, "ab+") as rows:
        rows.seek(0)
        before, whole = 0, True
        for text in rows:
            before, whole = before + 1, text.endswith(b"\n")
        rows.write((b"" if whole else b"\n") + line.encode() + b"\n")
    return before + 1


def _turn(message: Message) -> Json:
    words = message.content
    if message.reasoning:
        words = f"<think>\n{message.reasoning}\n</think>\n\n{words}"
    turn: Json = {"role": message.role, "content": words}
    return turn | {"weight": 0} if message.learn is False else turn
