"""Reads OpenAssistant's branching conversations: as trees, as threads, or as single messages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pitchpipe import Drop, Meta, drop, replace
from pitchpipe_components.formats.assemble import Result, conversation, first
from pitchpipe_components.formats.tools import decoded
from pitchpipe_components.formats.turns import REPLIERS, ROLES, TEXTS, is_turn, read

IDS = ("message_id", "id", "node_id", "uuid")
PARENTS = ("parent_id", "parent", "parent_message_id", "parent_uuid", "reply_to", "in_reply_to")
BRANCHES = ("replies", "children", "responses")
ROOTS = ("prompt", "root", "tree")
TREES = ("message_tree_id", "tree_id", "conversation_id")
Node = dict[str, Any]  # a message that holds its replies
Paths = Annotated[
    Literal["best", "all"],
    Meta(description="follow the best-ranked reply at each turn, or make every branch a conversation"),
]


@dataclass(frozen=True)
class OASST:
    """{"message_tree_id": "t1", "prompt": {"role": "prompter", "text": "Hi", "replies": [...]}}

    Trees, and threads ({"thread_id": ..., "thread": [...]}). A tree may also stand in the row itself, or
    under root or tree, and replies may be called children. The format leaves out messages that were deleted
    or failed review, with all replies below them, and prompts without an answer. With `paths: all`, a reply
    that several branches share is learned only in the first. All branches of a tree are one group.
    """

    paths: Paths = "best"

    def matches(self, row: dict[str, Any]) -> int:
        if isinstance(row.get("thread"), list):
            return 1 + sum(name in row for name in ("thread_id", "message_tree_id"))
        name = _root(row)
        if name is None:
            return 0
        return 2 + ("tree_state" in row) if name and first(row, TREES) else 1 if name else 3

    def __call__(self, row: dict[str, Any]) -> list[Result] | Result:
        if "thread" in row:
            return _conversation(row["thread"], row, "thread", set())
        name = _root(row)
        if name is None:
            return drop(f"prompt is {'not an object' if 'prompt' in row else 'missing'}")
        if not name:
            row = {"prompt": row}
        name = name or "prompt"
        prompt = row[name]
        if not _usable(prompt):
            return drop("the prompt was deleted or failed review")
        learned: set[int] = set()
        try:
            if self.paths == "all":
                found = [_conversation(path, row, name, learned) for path in _answered(prompt)]
                return found or drop("no reply")
            best = next(_answered(prompt), None)
        except RecursionError:
            return drop("the tree is too deep")
        return _conversation(best, row, name, learned) if best else drop("no reply")


@dataclass(frozen=True)
class OASSTMessages:
    """{"message_id": "m1", "parent_id": null, "message_tree_id": "t1", "text": "Hi", "role": "prompter"}

    One message per row, in any order; its keys may also be id, parent and content, or the like. The format
    first joins all rows into trees, in memory, and then reads the trees as `oasst` does. A message whose
    parent is missing belongs to no tree and is dropped.
    """

    paths: Paths = "best"

    def matches(self, row: dict[str, Any]) -> int:
        needed = [first(row, names) for names in (IDS, PARENTS, TEXTS, ROLES)]
        known = ("message_tree_id", "tree_state", "rank", "deleted", "review_result")
        spoken = all(needed) and all(isinstance(row[name], str) for name in needed[2:])
        return len(needed) + sum(name in row for name in known) if spoken else 0

    def __call__(self, row: dict[str, Any]) -> list[Result] | Result:
        if "prompt" not in row:
            return drop("belongs to no tree: its parent is missing, or its message_id came before")
        return OASST(self.paths)(row)

    def join(self, rows: Iterable[tuple[int, Node]]) -> Iterator[tuple[list[int], Node]]:
        """Joins numbered messages into trees with their rows' numbers; a message of no tree comes alone."""
        found = dict(rows)
        nodes: dict[Any, tuple[int, Node]] = {}
        for number, row in found.items():
            if isinstance(name := row.get(first(row, IDS)), str | int):
                nodes.setdefault(name, (number, row))
        replies: dict[Any, list[Any]] = {}
        for name, (_, row) in nodes.items():
            replies.setdefault(_parent(row), []).append(name)
        for root in replies.get(None, ()):
            numbers, prompt = _grown(root, nodes, replies)
            tree = {key: prompt.pop(key) for key in (*TREES, "tree_state") if key in prompt}
            yield numbers, tree | {"prompt": prompt}
            for number in numbers:
                del found[number]
        for number, row in found.items():
            yield [number], row


def _parent(row: Node) -> Any:
    """Returns the id of the message that a row answers; None for the first of a tree, NaN and empty text."""
    parent = row.get(first(row, PARENTS))
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
            below = {key: value for key, value in row.items() if key not in (*TREES, "tree_state")}
            node["replies"].append(below)
            pending.append((reply, below))
    return sorted(numbers), prompt


def _root(row: dict[str, Any]) -> str | None:
    """The key of a row's tree: empty if the row is the tree, None if it holds none."""
    prompt = row.get("prompt")
    if isinstance(prompt, dict) and (first(row, TREES) or first(prompt, BRANCHES)):
        return "prompt"
    if is_turn(row) and isinstance(row.get(first(row, BRANCHES)), list):
        return ""
    return next((name for name in ROOTS if is_turn(row.get(name)) and first(row[name], BRANCHES)), None)


def _usable(node: Node) -> bool:
    return not node.get("deleted") and node.get("review_result") is not False


def _answered(node: Node) -> Iterator[tuple[Node, ...]]:
    """Yields every path from a message to a last reply, best-ranked first."""
    found = False
    nodes = node.get(first(node, BRANCHES))
    usable = (
        [reply for reply in nodes if isinstance(reply, dict) and _usable(reply)]
        if isinstance(nodes, list)
        else []
    )
    for reply in sorted(usable, key=_rank):
        for path in _answered(reply):
            found = True
            yield (node, *path)
    if not found and str(node.get(first(node, ROLES))).lower() in REPLIERS:
        yield (node,)


def _rank(node: Node) -> float:
    """Returns the rank to sort by: 0 is the best, and messages without a rank come last."""
    rank = node.get("rank")
    return rank if isinstance(rank, int | float) and rank == rank else float("inf")


def _conversation(path: Any, row: dict[str, Any], name: str, learned: set[int]) -> Result:
    """Makes a conversation of one path; a message that an earlier path learned is not learned again."""
    path = list(path) if isinstance(path, tuple) else decoded(path)
    spoken = read(path, name, ignored=(*BRANCHES, *PARENTS))
    if isinstance(spoken, Drop):
        return spoken
    messages = [
        replace(message, learn=False) if id(node) in learned else message
        for node, message in zip(path, spoken.messages, strict=True)
    ]
    learned.update(map(id, path))
    lang = path[0].get("lang") if path else None
    known = {"lang": lang} if lang is not None else {}
    key = next((key for key in (*TREES, "thread_id") if row.get(key) is not None), name)
    group = "" if key == name else str(row[key])
    return conversation(messages, row, (name, key), group=group, turns=spoken.turns, known=known)
