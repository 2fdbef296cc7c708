"""Proves a batch for an encoder and a decoder: prompts and replies in rows of their own, as prepared."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pitchpipe.records.example import IGNORED, Example

if TYPE_CHECKING:
    from torch import Tensor


def parted(example: Example) -> tuple[list[int], list[int]]:
    """The prompt, and the reply's labels."""
    labels = [int(label) for label in example.labels]
    begin = next((at for at, label in enumerate(labels) if label != IGNORED), len(labels))
    return [int(token) for token in example.ids[:begin]], labels[begin:]


def wrong_in(
    row: int, example: Example, ids: "Tensor", labels: "Tensor", seen: "Tensor | None"
) -> str | None:
    """What is wrong in a row; empty where nothing is; None where the row does not hold the example."""
    prompt, reply = parted(example)
    said, taught = ids[row].tolist(), labels[row].tolist()
    if not prompt or said[: len(prompt)] != prompt or taught[: len(reply)] != reply:
        return None
    if any(label != IGNORED for label in taught[len(reply) :]):
        return "the batch teaches padding behind its reply"
    if seen is not None and seen[row].ne(0).tolist() != _ones(len(prompt), len(said)):
        return "the model would not see its prompt, the whole and nothing else"
    return ""


def padding(examples: Sequence[Example], ids: Any, labels: Any) -> int:
    """Places that hold nothing of the examples."""
    return int(ids.numel() + labels.numel()) - sum(len(example.ids) for example in examples)


def _ones(count: int, width: int) -> list[bool]:
    return [at < count for at in range(width)]
