"""Reads replies that were judged one by one: TRL's unpaired preferences."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pitchpipe import Meta, drop
from pitchpipe_components.formats.assemble import Result
from pitchpipe_components.formats.tables import PromptCompletion

# Labels written as text, as in CSV tables, in lower case.
LABELS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


@dataclass(frozen=True)
class KTO:
    """{"prompt": "2+2?", "completion": "4", "label": true}

    A label of false marks a reply that a model should not learn: by default such rows are dropped. Labels
    may also be 1 and 0, or text.
    """

    undesired: Annotated[
        Literal["drop", "keep"], Meta(description="rows whose label is false; kept rows have label in meta")
    ] = "drop"

    def matches(self, row: dict[str, Any]) -> int:
        fits = PromptCompletion().matches(row) if _desired(row) is not None else 0
        return fits and fits + 1

    def __call__(self, row: dict[str, Any]) -> Result:
        desired = _desired(row)
        if desired is None:
            return drop("label is neither true nor false" if "label" in row else "label is missing")
        if not desired and self.undesired == "drop":
            return drop("the label is false")
        return PromptCompletion()(row)


def _desired(row: dict[str, Any]) -> bool | None:
    """Whether the reply is to be learned; None if the row does not say."""
    label = row.get("label")
    if isinstance(label, str):
        return LABELS.get(label.strip().lower())
    return bool(label) if isinstance(label, int | float) and label in (0, 1) else None
