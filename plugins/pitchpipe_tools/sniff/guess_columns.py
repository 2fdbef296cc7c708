"""Guesses which columns hold the prompt and the reply, by the names of the columns."""

import re
from collections import Counter

from pitchpipe.records.conversation import Json

# Frequent names of columns, the likeliest first, by the name that the format `alpaca` uses.
FREQUENT_NAMES = {
    "system": "system system_prompt system_message",
    "instruction": "instruction question prompt query request task problem user human input ask",
    "output": "output answer response completion reply solution target assistant gold sql code",
    "input": "context passage document background input",
}
NEEDED = {"instruction", "output"}
# A better and a worse reply, as others call them.
SIDES = (
    ("chosen", "rejected"), ("chosen_messages", "rejected_messages"), ("response_j", "response_k"),
    ("chosen_response", "rejected_response"), ("preferred", "dispreferred"), ("preferred", "rejected"),
    ("answer_winning", "answer_losing"), ("answer_w", "answer_l"), ("positive", "negative"),
    ("pos", "neg"), ("win", "lose"),    ("better", "worse"), ("accepted", "rejected"), ("good", "bad"),
)  # fmt: skip
# A column that holds a whole text, if no other column speaks.
TEXTS = (
    "content", "body", "document", "article", "story", "raw_content", "page_content", "passage", "raw_text",
    "full_text",
)  # fmt: skip
ALIKE = 4  # rows from which a column whose value never changes is no prompt


def guessed_columns(sample: list[Json]) -> dict[str, str]:
    """{new name: old name} for a prompt and a reply, two replies, or a text; or nothing.

    No column is used twice. Columns of numbers and of truth values say nothing.
    """
    keys = Counter(key for row in sample for key in row if isinstance(key, str) and _speaks(row[key]))
    left = [key for key, rows in keys.items() if 2 * rows > len(sample)]
    if sides := next((sides for sides in SIDES if set(sides) <= set(left)), None):
        return _preference(sides, [key for key in left if key not in sides], sample)
    columns: dict[str, str] = {}
    for new, names in FREQUENT_NAMES.items():
        able = [key for key in left if new != "instruction" or _varies(key, sample)]
        if old := _named_like(names.split(), able, whole=new not in NEEDED):
            columns[new] = old
            left.remove(old)
    if columns.keys() >= NEEDED:
        return {new: old for new, old in columns.items() if new != old}
    texts = [key for key in left if key.lower() in TEXTS]
    return {"text": texts[0]} if len(texts) == 1 and not columns.keys() & NEEDED else {}


def what_is_there(sample: list[Json]) -> str:
    """What rows that no format reads seem to hold: prompts without replies, or replies without prompts."""
    keys = [key for key in dict.fromkeys(key for row in sample for key in row) if isinstance(key, str)]
    speaking = [key for key in keys if any(_speaks(row.get(key)) for row in sample)]
    nested = dict.fromkeys(key for row in sample for key, value in row.items() if _nests(value))
    if nested:
        where = ", ".join(map(str, [*nested][:3]))
        return f"Their words may be nested in {where}, for a format of your own: `pitchpipe new format NAME`."
    found = {new: _named_like(FREQUENT_NAMES[new].split(), speaking, whole=False) for new in NEEDED}
    if found["instruction"] and not found["output"]:
        return f"They seem to hold prompts ({found['instruction']}) and no replies to learn."
    if found["output"] and not found["instruction"]:
        return f"They seem to hold replies ({found['output']}) and no prompts."
    return ""


def _preference(sides: tuple[str, str], left: list[str], sample: list[Json]) -> dict[str, str]:
    """Two replies, and their prompt if a column is named like one."""
    columns = dict(zip(("chosen", "rejected"), sides, strict=True))
    able = [key for key in left if _varies(key, sample)]
    if asked := _named_like(FREQUENT_NAMES["instruction"].split(), able, whole=False):
        columns["prompt"] = asked
    return {new: old for new, old in columns.items() if new != old}


def _speaks(value: object) -> bool:
    """Whether a value may be words of a conversation: text that is no number, or a list."""
    if isinstance(value, str):
        return any(map(str.isalpha, value)) and not value.startswith(("http://", "https://"))
    if isinstance(value, list):
        return bool(value) and isinstance(value[0], str | dict)
    return isinstance(value, dict) and "content" in value


def _nests(value: object) -> bool:
    """Whether a value is an object, or a list of objects or of lists."""
    entries = value if isinstance(value, list) else [value]
    return any(isinstance(entry, dict | list) and entry for entry in entries)


def _varies(key: str, sample: list[Json]) -> bool:
    """Whether the column asks different things: all rows of a data set may name one source."""
    values = [str(row[key]) for row in sample if key in row]
    return len(values) < ALIKE or len(set(values)) > 1


def _named_like(names: list[str], keys: list[str], whole: bool) -> str:
    """The first key that is one of the names in any case, or that ends in one, as in userQuestion."""
    words = {key: _words(key) for key in keys}
    for name in names:
        if equal := [key for key in keys if "_".join(words[key]) == name]:
            return equal[0]
    for name in () if whole else names:
        if ending := [key for key in keys if words[key][-1:] == [name]]:
            return ending[0]
    return ""


def _words(key: str) -> list[str]:
    """The words of a key, without "text" or "content" at the end: questionText is the word "question"."""
    words = re.split(r"[\W_]+", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", key).lower().strip("_ "))
    return words[:-1] if len(words) > 1 and words[-1] in ("text", "content") else words
