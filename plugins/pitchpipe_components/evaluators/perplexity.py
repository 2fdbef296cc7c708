"""Perplexity: how surprised a model is by the replies that were held out."""

from collections.abc import Iterator
from math import log
from typing import Annotated, Any, NamedTuple

import pitchpipe as pp
from pitchpipe_components.evaluators.quotient import quotient

Positive = Annotated[int, pp.Meta(ge=1)]
LOGITS = 1 << 27  # that are there at a time: half a gigabyte
BEFORE = (
    8  # tokens that stand before a stretch: some tokenizers write the first word of a text without its space
)


def perplexity(
    subject: pp.Subject,
    *,
    batch_size: Annotated[Positive, pp.Meta(description="the most conversations that are read at once")] = 16,
) -> dict[str, pp.Measured]:
    """Perplexity of the learned tokens of held-out conversations; 1 is no surprise at all. And bits per byte.

    Of pairs and judged replies, the chosen and the good ones count.
    """
    found = _surprises(subject, batch_size)
    if not found:
        raise pp.PitchpipeError(
            "perplexity: no held-out example has a reply to read: they are prompts alone, or all their"
            " replies were judged bad"
        )
    by_token = {id: (one.loss, float(one.tokens)) for id, one in found.items()}
    by_byte = {id: (one.loss / log(2), float(one.bytes)) for id, one in found.items()}
    return {
        "perplexity": pp.Measured(
            by_token,
            exp_of_mean,
            better="lower",
            least=1.0,
            how="each learned token counts alike, ends of replies too",
        ),
        "bits_per_byte": pp.Measured(
            by_byte,
            quotient,
            better="lower",
            least=0.0,
            how="surprise by the learned text's bytes: compares tokenizers",
        ),
    }  # fmt: skip


def exp_of_mean(sums: Any) -> Any:
    """Of sums of losses and of tokens. What is too large for a number is infinite."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(sums[..., 0] / sums[..., 1])


class _Surprise(NamedTuple):
    """What a model thinks of an example."""

    loss: float  # the sum over its learned tokens
    tokens: int
    bytes: int  # of their text


def _surprises(subject: pp.Subject, batch_size: int) -> dict[str, _Surprise]:
    """For each conversation, by its id, how surprising its learned tokens are."""
    from pitchpipe_components.evaluators.learned_logits import LearnedLogits, summed

    if subject.model.get_output_embeddings() is None:
        raise pp.PitchpipeError(
            "perplexity: a reward model scores replies and predicts no tokens: evaluate it by pair_accuracy"
        )
    found: dict[int, _Surprise] = {}
    ids = [conversation.id for conversation in subject.test.conversations()]
    before = (
        0 if subject.model.config.is_encoder_decoder else BEFORE
    )  # a decoder's text begins with the reply
    with subject.ready() as model, subject.console.bar("perplexity", len(ids)) as tick:
        read = LearnedLogits(model)
        for numbers, examples in _batches(subject, batch_size):
            if examples:
                batch = {k: v.to(model.device) for k, v in subject.collate(list(examples.values())).items()}
                sums, counts = summed(read(batch), len(examples))
                for (number, example), loss, count in zip(examples.items(), sums, counts, strict=True):
                    found[number] = _Surprise(loss, count, _bytes(subject.tokenizer, example, before))
            tick(numbers)
    return {id: found[number] for number, id in enumerate(ids) if number in found}


def _batches(subject: pp.Subject, size: int) -> Iterator[tuple[int, dict[int, pp.Example]]]:
    """Examples of like length, the longest first: too little memory shows at once. How many were looked at,
    and those of them that have anything to learn, by their numbers."""
    vocabulary = int(subject.model.config.get_text_config().vocab_size)
    looked, some, learned = 0, dict[int, pp.Example](), 0
    for number in (-subject.test.lengths()).argsort(kind="stable").tolist():
        example = subject.test[number]
        more = example.learned
        if some and (len(some) == size or (learned + more) * vocabulary > LOGITS):
            yield looked, some
            looked, some, learned = 0, {}, 0
        looked, learned = looked + 1, learned + more
        if more:
            some[number] = example
    yield looked, some


def _bytes(tokenizer: Any, example: pp.Example, tokens_before: int) -> int:
    """How long the text of the learned tokens is in UTF-8, without control tokens."""
    total = 0
    for start, end in _learned(example):
        before, with_it = (
            tokenizer.decode(
                list(example.ids[max(0, start - tokens_before) : until]),
                skip_special_tokens=True,
                clean_up_tokenization_spaces=False,
            )
            for until in (start, end)
        )
        total += len(with_it.encode("utf-8", "replace")) - len(before.encode("utf-8", "replace"))
    return total


def _learned(example: pp.Example) -> Iterator[tuple[int, int]]:
    """Where each stretch of learned tokens begins and ends."""
    start = None
    for at, label in enumerate([*example.labels, pp.IGNORED]):
        if label != pp.IGNORED and start is None:
            start = at
        elif label == pp.IGNORED and start is not None:
            yield start, at
            start = None
