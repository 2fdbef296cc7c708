"""OpenAssistant: conversations that branch, as trees, as threads, or as a heap of single messages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pitchpipe import Conversation, Drop, Meta, drop, replace
from pitchpipe_components.formats.assemble import conversation
from pitchpipe_components.formats.tools import decoded
from pitchpipe_components.formats.turns import read

Node = dict[str, Any]  # a message with its replies
Paths = Annotated[
    Literal["best", "all"],
    Meta(description="follow the best-ranked reply at each turn, or make every branch a conversation"),
]


@dataclass(frozen=True)
class OASST:
    """{"message_tree_id": "t1", "prompt": {"role": "prompter", "text": "Hi", "replies": [...]}}

    Trees, and threads ({"thread_id": ..., "thread": [...]}). Messages that were deleted or failed review
    are left out with all below them, and so are prompts that nobody answered. Where all branches are taken,
    a reply that several of them share is learned in the first only. Branches of a tree are one group.
    """

    paths: Paths = "best"

    def matches(self, row: dict[str, Any]) -> int:
        if isinstance(row.get("thread"), list):
            return 1 + sum(name in row for name in ("thread_id", "message_tree_id"))
        tree = isinstance(row.get("prompt"), dict) and "message_tree_id" in row
        return 2 + ("tree_state" in row) if tree else 0

    def __call__(self, row: dict[str, Any]) -> list[Conversation | Drop] | Conversation | Drop:
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

    One message a row, in any order. Rows are joined into trees first, all in memory, and read as oasst reads
    them.
    A message whose parent is not there belongs to no tree, and is dropped.
    """

    paths: Paths = "best"

    def matches(self, row: dict[str, Any]) -> int:
        needed = ("message_id", "parent_id", "text", "role")
        known = (*needed, "message_tree_id", "tree_state", "rank", "deleted", "review_result")
        return sum(name in row for name in known) if all(name in row for name in needed) else 0

    def __call__(self, row: dict[str, Any]) -> list[Conversation | Drop] | Conversation | Drop:
        if "prompt" not in row:
            return drop("belongs to no tree: its parent is missing, or its message_id came before")
        return OASST(self.paths)(row)

    def join(self, rows: Iterable[tuple[int, Node]]) -> Iterator[tuple[list[int], Node]]:
        """Numbered messages as trees, each with the numbers of its rows; what belongs to none comes alone."""
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
    """Whom a message answers; None for the first of a tree, whatever a table wrote there."""
    parent = row.get("parent_id")
    if parent == "" or parent != parent:  # NaN
        return None
    return parent if parent is None or isinstance(parent, str | int) else id(row)


def _grown(
    root: Any, nodes: dict[Any, tuple[int, Node]], replies: dict[Any, list[Any]]
) -> tuple[list[int], Node]:
    """A message with its replies in it, and theirs, and the numbers of all their rows."""
    number, row = nodes[root]
    prompt, numbers = {**row}, [number]
    open_ones = [(root, prompt)]
    while open_ones:
        name, node = open_ones.pop()
        node["replies"] = []
        for reply in replies.get(name, ()):
            number, row = nodes[reply]
            numbers.append(number)
            below = {key: value for key, value in row.items() if key not in ("message_tree_id", "tree_state")}
            node["replies"].append(below)
            open_ones.append((reply, below))
    return sorted(numbers), prompt


def _usable(node: Node) -> bool:
    return not node.get("deleted") and node.get("review_result") is not False


def _answered(node: Node) -> Iterator[tuple[Node, ...]]:
    """Every way from a message to a last reply, best-ranked first."""
    found = False
    listed = node.get("replies")
    usable = (
        [one for one in listed if isinstance(one, dict) and _usable(one)] if isinstance(listed, list) else []
    )
    for reply in sorted(usable, key=_rank):
        for path in _answered(reply):
            found = True
            yield (node, *path)
    if not found and node.get("role") == "assistant":
        yield (node,)


def _rank(node: Node) -> float:
    """0 is the best; messages without a rank come last."""
    rank = node.get("rank")
    return rank if isinstance(rank, int | float) and rank == rank else float("inf")


def _conversation(path: Any, row: dict[str, Any], name: str, learned: set[int]) -> Conversation | Drop:
    """One way through the tree. What an earlier way has learned is not learned again."""
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
