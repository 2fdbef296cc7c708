"""Perplexity: how surprised a model is by the replies that were held out."""

from math import exp, isfinite, sqrt
from typing import Annotated, Any

import pitchpipe as pp

Positive = Annotated[int, pp.Meta(ge=1)]


def perplexity(
    subject: pp.Subject,
    *,
    batch_size: Annotated[Positive, pp.Meta(description="conversations read at once")] = 16,
) -> dict[str, pp.Score]:
    """Perplexity of the learned tokens of held-out conversations; 1 is no surprise at all.

    Of pairs and judged replies, the chosen and the good ones count.
    """
    losses = _losses(subject, batch_size)
    if not losses:
        raise pp.PitchpipeError(
            "perplexity: no held-out example has a reply to read: they are prompts alone, or all their"
            " replies were judged bad"
        )
    tokens = sum(count for _, count in losses)
    mean = sum(loss for loss, _ in losses) / tokens
    # Tokens of one conversation are not independent: the interval is that of a ratio over conversations.
    spread = sqrt(sum((loss - mean * count) ** 2 for loss, count in losses)) / tokens
    value, low, high = (_exp(mean + reach * spread) for reach in (0, -1.96, 1.96))
    return {"perplexity": pp.Score(value, tokens, low, high, better="lower")}


def _exp(value: float) -> float | None:
    """What is too large for a number is none, as JSON has it."""
    try:
        return exp(value) if isfinite(value) else None
    except OverflowError:
        return None


def _losses(subject: pp.Subject, batch_size: int) -> list[tuple[float, int]]:
    """For each conversation the sum of its tokens' losses, and how many they are."""
    import torch

    found: list[tuple[float, int]] = []
    with subject.ready() as model, subject.console.bar("perplexity", len(subject.test)) as tick:
        for start in range(0, len(subject.test), batch_size):
            some = range(start, min(start + batch_size, len(subject.test)))
            examples = [example for example in map(subject.test.__getitem__, some) if example.learned]
            if not examples:
                tick(len(some))
                continue
            batch = {k: v.to(model.device) for k, v in subject.collate(examples).items()}
            logits, labels = _aligned(model, batch)
            counted = labels != pp.IGNORED
            loss = torch.zeros(labels.shape, device=model.device)
            # Only the learned tokens' logits are made float: all of a large vocabulary's are gigabytes.
            logits = logits[counted].float()
            loss[counted] = torch.nn.functional.cross_entropy(logits, labels[counted], reduction="none")
            found += zip(loss.sum(1).tolist(), counted.sum(1).tolist(), strict=True)
            tick(len(some))
    return found


def _aligned(model: Any, batch: dict[str, Any]) -> tuple[Any, Any]:
    """Logits and the labels that they should say: of the next token, or of a decoder's own place."""
    if model.config.is_encoder_decoder:  # it makes the decoder's input of the labels
        return model(**batch).logits, batch["labels"]
    labels = batch.pop("labels")
    return model(**batch).logits[:, :-1], labels[:, 1:]
