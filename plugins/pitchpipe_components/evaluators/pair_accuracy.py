"""Pair accuracy: how often a model holds the better reply of a pair for the better one."""

from collections.abc import Iterator
from typing import Annotated, Any

import pitchpipe as pp

Positive = Annotated[int, pp.Meta(ge=1)]


def pair_accuracy(
    subject: pp.Subject,
    *,
    batch_size: Annotated[Positive, pp.Meta(description="pairs read at once")] = 8,
) -> dict[str, pp.Measured]:
    """Share of held-out pairs whose better reply has the higher score, or is the likelier one.

    A reward model gives scores; of any other model the log-probabilities of whole replies are compared.
    """
    pairs = [
        (conversation.id, example)
        for conversation, example in zip(subject.test.conversations(), _all(subject.test), strict=True)
        if example.rejected and len(example.ids)  # a reply that was judged alone is no pair
    ]
    if not pairs:
        raise pp.PitchpipeError(
            "pair_accuracy: the test side holds no pairs. The recipe's trainer must learn pairs (dpo, reward,"
            " ...), and `split` must leave some for the test"
        )
    hits: dict[str, bool] = {}
    with subject.ready() as model, subject.console.bar("pair accuracy", len(pairs)) as tick:
        for start in range(0, len(pairs), batch_size):
            some = pairs[start : start + batch_size]
            sides = [side for _, pair in some for side in (pair, pair.rejected) if side]
            batch = {name: value.to(model.device) for name, value in subject.collate(sides).items()}
            values = _values(model, batch)
            hits |= zip([id for id, _ in some], (values[0::2] > values[1::2]).tolist(), strict=True)
            tick(len(some))
    return {"pair_accuracy": pp.Measured.shares(hits)}


def _all(examples: pp.Examples) -> Iterator[pp.Example]:
    return map(examples.__getitem__, range(len(examples)))


def _values(model: Any, batch: dict[str, Any]) -> Any:
    """For each row the score of its reply, or the log-probability of its learned tokens."""
    import torch

    labels = batch.pop("labels")
    logits = model(**batch).logits
    if logits.dim() == 2:  # a reward model
        return logits[:, 0].float()
    wanted = labels[:, 1:]
    counted = wanted != pp.IGNORED
    found = torch.zeros(wanted.shape, device=logits.device)
    there = logits[:, :-1][counted].float()
    found[counted] = -torch.nn.functional.cross_entropy(there, wanted[counted], reduction="none")
    return found.sum(1)
