"""Reads OpenAssistant's branching conversations: as trees, as threads, or as single messages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pitchpipe import Drop, Meta, drop, replace
from pitchpipe_components.formats.assemble import Result, conversation
from pitchpipe_components.formats.tools import decoded
from pitchpipe_components.formats.turns import read

Node = dict[str, Any]  # a message that holds its replies
Paths = Annotated[
    Literal["best", "all"],
    Meta(description="follow the best-ranked reply at each turn, or make every branch a conversation"),
]


@dataclass(frozen=True)
class OASST:
    """{"message_tree_id": "t1", "prompt": {"role": "prompter", "text": "Hi", "replies": [...]}}

    Trees, and threads ({"thread_id": ..., "thread": [...]}). The format leaves out messages that were deleted
    or failed review, with all replies below them, and prompts without an answer. With `paths: all`, a reply
    that several branches share is learned only in the first. All branches of a tree are one group.
    """

    paths: Paths = "best"

    def matches(self, row: dict[str, Any]) -> int:
        if isinstance(row.get("thread"), list):
            return 1 + sum(name in row for name in ("thread_id", "message_tree_id"))
        tree = isinstance(row.get("prompt"), dict) and "message_tree_id" in row
        return 2 + ("tree_state" in row) if tree else 0

    def __call__(self, row: dict[str, Any]) -> list[Result] | Result:
        if "thread" in row:
            return _conversation(row["thread"], row, "thread", set())
        prompt = row.get("prompt")
        if not isinstance(prompt, dict):
            return drop(f"prompt is {'not an object' if 'prompt' in row else 'missing'}")
        if not _usable(prompt):
            return drop("the prompt was deleted or failed review")
        learned: set[int] = set()
        try:
            if self.paths == "all":
                found = [_conversation(path, row, "prompt", learned) for path in _answered(prompt)]
                return found or drop("no reply")
            best = next(_answered(prompt), None)
        except RecursionError:
            return drop("the tree is too deep")
        return _conversation(best, row, "prompt", learned) if best else drop("no reply")


@dataclass(frozen=True)
class OASSTMessages:
    """{"message_id": "m1", "parent_id": null, "message_tree_id": "t1", "text": "Hi", "role": "prompter"}

    One message per row, in any order. The format first joins all rows into trees, in memory, and then reads
    the trees as `oasst` does. A message whose parent is missing belongs to no tree and is dropped.
    """

    paths: Paths = "best"

    def matches(self, row: dict[str, Any]) -> int:
        needed = ("message_id", "parent_id", "text", "role")
        known = (*needed, "message_tree_id", "tree_state", "rank", "deleted", "review_result")
        return sum(name in row for name in known) if all(name in row for name in needed) else 0

    def __call__(self, row: dict[str, Any]) -> list[Result] | Result:
        if "prompt" not in row:
            return drop("belongs to no tree: its parent is missing, or its message_id came before")
        return OASST(self.paths)(row)

    def join(self, rows: Iterable[tuple[int, Node]]) -> Iterator[tuple[list[int], Node]]:
        """Joins numbered messages into trees with their rows' numbers; a message of no tree comes alone."""
        found = dict(rows)
        nodes: dict[Any, tuple[int, Node]] = {}
        for number, row in found.items():
            if isinstance(name := row.get("message_id"), str | int):
                nodes.setdefault(name, (number, row))
        replies: dict[Any, list[Any]] = {}
        for name, (_, row) in nodes.items():
            replies.setdefault(_parent(row), []).append(name)
        for root in replies.get(None, ()):
            numbers, prompt = _grown(root, nodes, replies)
            tree = {key: prompt.pop(key) for key in ("message_tree_id", "tree_state") if key in prompt}
            yield numbers, tree | {"prompt": prompt}
            for number in numbers:
                del found[number]
        for number, row in found.items():
            yield [number], row


def _parent(row: Node) -> Any:
    """Returns the id of the message that a row answers; None for the first of a tree, NaN and empty text."""
    parent = row.get("parent_id")
    if parent == "" or parent != parent:  # NaN
        return None
    return parent if parent is None or isinstance(parent, str | int) else id(row)


def _grown(
    root: Any, nodes: dict[Any, tuple[int, Node]], replies: dict[Any, list[Any]]
) -> tuple[list[int], Node]:
    """Returns the tree below a message, with the numbers of all its rows."""
    number, row = nodes[root]
    prompt, numbers = {**row}, [number]
    pending = [(root, prompt)]
    while pending:
        name, node = pending.pop()
        node["replies"] = []
        for reply in replies.get(name, ()):
            number, row = nodes[reply]
            numbers.append(number)
            below = {key: value for key, value in row.items() if key not in ("message_tree_id", "tree_state")}
            node["replies"].append(below)
            pending.append((reply, below))
    return sorted(numbers), prompt


def _usable(node: Node) -> bool:
    return not node.get("deleted") and node.get("review_result") is not False


def _answered(node: Node) -> Iterator[tuple[Node, ...]]:
    """Yields every path from a message to a last reply, best-ranked first."""
    found = False
    nodes = node.get("replies")
    usable = (
        [reply for reply in nodes if isinstance(reply, dict) and _usable(reply)]
        if isinstance(nodes, list)
        else []
    )
    for reply in sorted(usable, key=_rank):
        for path in _answered(reply):
            found = True
            yield (node, *path)
    if not found and node.get("role") == "assistant":
        yield (node,)


def _rank(node: Node) -> float:
    """Returns the rank to sort by: 0 is the best, and messages without a rank come last."""
    rank = node.get("rank")
    return rank if isinstance(rank, int | float) and rank == rank else float("inf")


def _conversation(path: Any, row: dict[str, Any], name: str, learned: set[int]) -> Result:
    """Makes a conversation of one path; a message that an earlier path learned is not learned again."""
    path = list(path) if isinstance(path, tuple) else decoded(path)
    spoken = read(path, name, ignored=("replies", "parent_id"))
    if isinstance(spoken, Drop):
        return spoken
    messages = [
        replace(message, learn=False) if id(node) in learned else message
        for node, message in zip(path, spoken.messages, strict=True)
    ]
    learned.update(map(id, path))
    lang = path[0].get("lang") if path else None
    known = {"lang": lang} if lang is not None else {}
    key = next((key for key in ("message_tree_id", "thread_id") if row.get(key) is not None), name)
    group = "" if key == name else str(row[key])
    return conversation(messages, row, (name, key), group=group, turns=spoken.turns, known=known)
