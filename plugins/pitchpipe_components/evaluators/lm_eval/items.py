"""The questions of a task with what was said, for people."""

from collections.abc import Mapping
from typing import Any

import pitchpipe as pp


def item_of(task: Any, sample: Mapping[str, Any]) -> pp.Item:
    """A question of a task, as the harness has logged it."""
    asked, said, target = sample["arguments"], sample["filtered_resps"], sample["target"]
    words = _question(task, sample["doc"]) or str(asked[0][0])
    if len(asked) > 1 and all(isinstance(one, tuple | list) and len(one) == 2 for one in said):
        choices = [_choice(one, asked) for one in asked]
        values = [value for value, _ in said]
        expected = choices[target] if isinstance(target, int) and target < len(choices) else target
        return pp.Item(words, task.task_name, str(expected).strip(), choices[values.index(max(values))])
    first = said[0] if said and isinstance(said[0], str) else ""
    return pp.Item(words, task.task_name, str(target).strip(), first)


def _question(task: Any, doc: Any) -> str:
    """The question alone, without the examples before it and without a template."""
    text = task.doc_to_text(doc)
    return text if isinstance(text, str) else ""


def _choice(one: tuple[str, str], asked: list[tuple[str, str]]) -> str:
    """What makes a choice another than the next: what follows, or the context where that is all the same."""
    alike = len({follower for _, follower in asked}) == 1
    return one[0 if alike else 1].strip()
