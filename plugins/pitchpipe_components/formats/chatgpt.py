"""Reads the export of a person's chats with ChatGPT: a tree of messages, of which one path was seen last."""

from collections.abc import Iterator
from typing import Any

from pitchpipe import Drop, drop
from pitchpipe_components.formats.assemble import Result, conversation
from pitchpipe_components.formats.turns import read

Node = dict[str, Any]
INSTRUCTIONS = ("user_profile", "user_instructions")  # what a person has told of themselves, and asked for
UNSEEN = ("thoughts", "reasoning_recap")  # summaries of what the model has thought
WORDS = ("text", "multimodal_text")
CUT = ("interrupted", "max_tokens")  # how a reply ended that is not whole


class ChatGPT:
    """{"mapping": {"id": {"message": {...}, "parent": "id", "children": []}}, "current_node": "id"}

    conversations.json of OpenAI's export. The path to `current_node` is read, as the person saw it last;
    edited questions and replies that were made again are left out. Custom instructions are the system
    message. A reply that was cut short is not learned. A chat in which ChatGPT used a tool of its own
    (python, web, images) is dropped: what it said rests on what nobody else has.
    """

    def matches(self, row: Node) -> int:
        nodes = row.get("mapping")
        first = next(iter(nodes.values()), None) if isinstance(nodes, dict) else None
        return 3 + ("current_node" in row) if isinstance(first, dict) and "message" in first else 0

    def __call__(self, row: Node) -> Result:
        nodes = row.get("mapping")
        if not isinstance(nodes, dict):
            return drop("mapping is not an object" if "mapping" in row else "mapping is missing")
        turns = []
        for message in _path(nodes, row.get("current_node")):
            turn = _turn(message)
            if isinstance(turn, Drop):
                return turn
            turns += [turn] if turn else []
        spoken = read(turns, "mapping")
        if isinstance(spoken, Drop):
            return spoken
        return conversation(spoken.messages, row, ("mapping", "current_node"), turns=spoken.turns)


def _path(nodes: Node, last: Any) -> list[Node]:
    """The messages from the first to the last that was seen; without one, along the newest branches."""
    path: list[Node] = []
    name, known = last if isinstance(last, str) and last in nodes else _newest(nodes), set[str]()
    while isinstance(name, str) and name in nodes and name not in known:
        known.add(name)
        node = _object(nodes[name])
        path += [node["message"]] if isinstance(node.get("message"), dict) else []
        name = node.get("parent")
    return path[::-1]


def _newest(nodes: Node) -> Any:
    """The end of the newest branch."""
    name: Any = next((name for name, node in nodes.items() if not _object(node).get("parent")), None)
    known = set[str]()
    while isinstance(name, str) and name not in known:
        known.add(name)
        children = _object(nodes.get(name)).get("children")
        if not isinstance(children, list) or not children:
            break
        name = children[-1]
    return name


def _turn(message: Node) -> Node | Drop | None:
    """A message as a turn; nothing where there is nothing to read."""
    content, about = _object(message.get("content")), _object(message.get("metadata"))
    role, kind = _object(message.get("author")).get("role"), content.get("content_type", "text")
    if kind == "user_editable_context":
        told = [content[name] for name in INSTRUCTIONS if isinstance(content.get(name), str)]
        return {"role": "system", "content": "\n\n".join(told)} if any(told) else None
    if kind in UNSEEN or message.get("weight") == 0 or about.get("is_visually_hidden_from_conversation"):
        return None
    if role == "tool" or message.get("recipient", "all") not in ("all", None):
        return drop("ChatGPT used a tool of its own")
    if kind not in WORDS:
        return drop("a message that is neither text nor text with images")
    words = _words(content.get("parts"))
    if role == "system" and not words:
        return None
    turn = {"role": role, "content": words}
    return turn | {"weight": 0} if role == "assistant" and _is_cut(message, about) else turn


def _object(value: Any) -> Node:
    return value if isinstance(value, dict) else {}


def _words(parts: Any) -> Any:
    """The text of a message, or its parts where one of them is an image or a sound."""
    found = list(_parts(parts if isinstance(parts, list) else []))
    return (
        "".join(found) if all(isinstance(part, str) for part in found) else [_typed(part) for part in found]
    )


def _parts(parts: list[Any]) -> Iterator[Any]:
    for part in parts:
        spoken = isinstance(part, dict) and part.get("content_type") == "audio_transcription"
        yield part.get("text", "") if spoken else part


def _typed(part: Any) -> Node:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    kind = str(part.get("content_type") if isinstance(part, dict) else part)
    return {"type": next((known for known in ("image", "video", "audio") if known in kind), kind)}


def _is_cut(message: Node, about: Node) -> bool:
    ended = _object(about.get("finish_details")).get("type")
    return message.get("status") == "in_progress" or ended in CUT
