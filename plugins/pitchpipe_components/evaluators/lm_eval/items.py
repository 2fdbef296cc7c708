"""The questions of a task with what was said, for people."""

from collections.abc import Mapping
from typing import Any

import pitchpipe as pp

LONGEST = 2000  # characters: examples stand before a question, and it at the end


def item_of(task: str, sample: Mapping[str, Any]) -> pp.Item:
    """A question of a task, as the harness has logged it."""
    asked = sample["arguments"]
    words, first = str(asked[0][0]), sample["filtered_resps"][0]
    if isinstance(first, tuple | list) and len(first) == 2 and len(asked) > 1:  # choices, with likelihoods
        choices = [str(one[1]).strip() for one in asked]
        values = [value for value, _ in sample["filtered_resps"]]
        said = choices[values.index(max(values))]
        target = sample["target"]
        expected = choices[target] if isinstance(target, int) and target < len(choices) else str(target)
        return pp.Item(_end(words), task, expected.strip(), said)
    said = first if isinstance(first, str) else ""
    return pp.Item(_end(words), task, str(sample["target"]).strip(), said)


def _end(words: str) -> str:
    return words if len(words) <= LONGEST else f"...{words[-LONGEST:]}"
