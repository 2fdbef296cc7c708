"""What a first walk through a JSON object finds: its keys, and what stands under each."""

from dataclasses import dataclass, field

# A list of objects under one of these is a part of a row, and so is an object.
PARTS_OF_A_ROW = {
    "conversations", "conversation", "messages", "turns", "dialog", "dialogue", "history", "thread",
    "instances", "Instances", "chosen", "rejected", "completions", "responses", "answers", "outputs",
    "replies", "models", "tools",
}  # fmt: skip
KEYS = 8  # keys of an object that are kept


@dataclass
class Value:
    """The value of a key of the outermost object.

    `kind` is a list of "objects" or of "others", an "object", or "" for anything else. `count` counts the
    elements of a list or an object, `keys` are the first keys of an object.
    """

    offset: int
    line: int
    kind: str = ""
    count: int = 0
    keys: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        return self.kind in ("objects", "others")


@dataclass
class Outline:
    """The keys of an object, and whether anything follows the object, on the same line or below."""

    values: dict[str, Value] = field(default_factory=dict)
    rows_in: str = ""
    followed: bool = False
    followed_below: bool = False
    lines: int = 0
