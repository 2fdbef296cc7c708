"""Pair accuracy: how often a model holds the better reply of a pair for the better one."""

from collections.abc import Callable, Iterator
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
    pairs.sort(key=lambda pair: -_length(pair[1]))  # of like length, the longest first
    with subject.ready() as model, subject.console.bar("pair accuracy", len(pairs)) as tick:
        values = _values(model)
        for start in range(0, len(pairs), batch_size):
            some = pairs[start : start + batch_size]
            sides = [side for _, pair in some for side in (pair, pair.rejected) if side]
            found = values({name: value.to(model.device) for name, value in subject.collate(sides).items()})
            better = [one > other for one, other in zip(found[0::2], found[1::2], strict=True)]
            hits |= zip([id for id, _ in some], better, strict=True)
            tick(len(some))
    return {"pair_accuracy": pp.Measured.shares(hits)}


def _all(examples: pp.Examples) -> Iterator[pp.Example]:
    return map(examples.__getitem__, range(len(examples)))


def _length(pair: pp.Example) -> int:
    return max(len(pair.ids), len(pair.rejected.ids) if pair.rejected else 0)


def _values(model: Any) -> Callable[[dict[str, Any]], list[float]]:
    """For each row of a batch the score of its reply, or the log-probability of its learned tokens."""
    from pitchpipe_components.evaluators.learned_logits import LearnedLogits, summed

    if model.get_output_embeddings() is None:  # a reward model
        return lambda batch: _scores(model, batch)
    read = LearnedLogits(model)
    return lambda batch: [-loss for loss in summed(read(batch), len(batch["labels"]))[0]]


def _scores(model: Any, batch: dict[str, Any]) -> list[float]:
    given = {name: value for name, value in batch.items() if name != "labels"}
    return model(**given).logits[:, 0].float().tolist()
