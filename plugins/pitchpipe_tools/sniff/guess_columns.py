"""Guesses which columns hold the prompt and the reply, by the names of the columns."""

import re
from collections import Counter

from pitchpipe.records.conversation import Json

# Frequent names of columns, the likeliest first, by the name that the format `alpaca` uses.
FREQUENT_NAMES = {
    "system": "system system_prompt system_message",
    "instruction": "instruction question prompt query request task problem user human input ask source",
    "output": "output answer response completion reply solution target assistant chosen gold result label",
    "input": "context passage document background input",
}
NEEDED = {"instruction", "output"}


def guessed_columns(sample: list[Json]) -> dict[str, str]:
    """{new name: old name} for at least a prompt and a reply, or nothing. No column is used twice."""
    keys = Counter(key for row in sample for key in row if isinstance(key, str))
    left = [key for key, rows in keys.items() if 2 * rows > len(sample)]
    columns: dict[str, str] = {}
    for new, names in FREQUENT_NAMES.items():
        if old := _named_like(names.split(), left, whole=new not in NEEDED):
            columns[new] = old
            left.remove(old)
    if not columns.keys() >= NEEDED:
        return {}
    return {new: old for new, old in columns.items() if new != old}


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
