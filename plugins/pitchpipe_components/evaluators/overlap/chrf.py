"""chrF (Popović 2015) as sacrebleu computes it: runs of up to 6 characters, spaces left out."""

from collections.abc import Sequence
from typing import Any

import pitchpipe as pp
from pitchpipe_components.evaluators.overlap.ngrams import Array, shared

ORDERS = 6
RECALL = 2**2  # what is expected and said counts as much more than what is said and expected


def chrf(ids: Sequence[str], pairs: Sequence[tuple[str, str]]) -> pp.Measured:
    """Of all replies together."""
    import numpy as np
    from sacrebleu.metrics.chrf import CHRF

    def characters(text: str) -> Array:
        return np.frombuffer("".join(text.split()).encode("utf-32-le", "surrogatepass"), np.uint32)

    found = shared([(characters(said), characters(expected)) for said, expected in pairs], ORDERS)
    said = np.where(found.expected > 0, found.said, 0)  # runs that nothing could be compared with
    items = np.stack([said, found.expected, found.both], axis=-1).reshape(len(pairs), -1)
    metric: Any = CHRF()
    metric.num_refs = 1
    return pp.Measured(
        {id: tuple(map(float, row)) for id, row in zip(ids, items.tolist(), strict=True)},
        value,
        how=f"chrF2|{metric.get_signature()}",
        least=0.0,
        most=100.0,
    )


def value(sums: Any) -> Any:
    """Of sums, for each order: runs that are said, are expected, and are both."""
    import numpy as np

    said, expected, both = np.moveaxis(
        np.asarray(sums, np.float64).reshape(*np.shape(sums)[:-1], -1, 3), -1, 0
    )
    there = (said > 0) & (expected > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        orders = there.sum(-1)
        precision = np.where(there, both / said, 0).sum(-1) / orders
        recall = np.where(there, both / expected, 0).sum(-1) / orders
        found = 100 * (1 + RECALL) * precision * recall / (RECALL * precision + recall)
    return np.where(np.isfinite(found), found, 0.0)
