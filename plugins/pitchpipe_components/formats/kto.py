"""Reads replies that were judged one by one: TRL's unpaired preferences."""

from typing import Any

from pitchpipe import drop
from pitchpipe_components.formats.assemble import Result
from pitchpipe_components.formats.tables import PromptCompletion

# Labels written as text, as in CSV tables, in lower case.
LABELS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


class KTO:
    """{"prompt": "2+2?", "completion": "4", "label": true}

    A label of false marks a reply that a model should not learn: a source drops such rows unless it says
    `undesired: keep`. Labels may also be 1 and 0, or text.
    """

    def matches(self, row: dict[str, Any]) -> int:
        fits = PromptCompletion().matches(row) if _desired(row) is not None else 0
        return fits and fits + 1

    def __call__(self, row: dict[str, Any]) -> Result:
        desired = _desired(row)
        if desired is None:
            return drop("label is neither true nor false" if "label" in row else "label is missing")
        return PromptCompletion()(row | {"label": desired})


def _desired(row: dict[str, Any]) -> bool | None:
    """Whether the reply is to be learned; None if the row does not say."""
    label = row.get("label")
    if isinstance(label, str):
        return LABELS.get(label.strip().lower())
    return bool(label) if isinstance(label, int | float) and label in (0, 1) else None
