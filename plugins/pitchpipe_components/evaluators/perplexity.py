"""Perplexity: how surprised a model is by the replies that were held out."""

from typing import Annotated, Any

import pitchpipe as pp

Positive = Annotated[int, pp.Meta(ge=1)]


def perplexity(
    subject: pp.Subject,
    *,
    batch_size: Annotated[Positive, pp.Meta(description="conversations read at once")] = 16,
) -> dict[str, pp.Measured]:
    """Perplexity of the learned tokens of held-out conversations; 1 is no surprise at all.

    Of pairs and judged replies, the chosen and the good ones count.
    """
    losses = _losses(subject, batch_size)
    if not losses:
        raise pp.PitchpipeError(
            "perplexity: no held-out example has a reply to read: they are prompts alone, or all their"
            " replies were judged bad"
        )
    return {"perplexity": pp.Measured(losses, exp_of_mean, better="lower")}


def exp_of_mean(sums: Any) -> Any:
    """Of sums of losses and of tokens. What is too large for a number is infinite."""
    import numpy as np

    with np.errstate(over="ignore"):
        return np.exp(sums[..., 0] / sums[..., 1])


def _losses(subject: pp.Subject, batch_size: int) -> dict[str, tuple[float, int]]:
    """For each conversation the sum of its tokens' losses, and how many they are, by its id."""
    import torch

    found: dict[str, tuple[float, int]] = {}
    ids = [conversation.id for conversation in subject.test.conversations()]
    with subject.ready() as model, subject.console.bar("perplexity", len(subject.test)) as tick:
        for start in range(0, len(subject.test), batch_size):
            some = range(start, min(start + batch_size, len(subject.test)))
            learned = {ids[at]: example for at in some if (example := subject.test[at]).learned}
            if not learned:
                tick(len(some))
                continue
            batch = {k: v.to(model.device) for k, v in subject.collate(list(learned.values())).items()}
            logits, labels = _aligned(model, batch)
            counted = labels != pp.IGNORED
            loss = torch.zeros(labels.shape, device=model.device)
            # Only the learned tokens' logits are made float: all of a large vocabulary's are gigabytes.
            logits = logits[counted].float()
            loss[counted] = torch.nn.functional.cross_entropy(logits, labels[counted], reduction="none")
            sums = zip(loss.sum(1).tolist(), counted.sum(1).tolist(), strict=True)
            found |= zip(learned, sums, strict=True)
            tick(len(some))
    return found


def _aligned(model: Any, batch: dict[str, Any]) -> tuple[Any, Any]:
    """Logits and the labels that they should say: of the next token, or of a decoder's own place."""
    if model.config.is_encoder_decoder:  # it makes the decoder's input of the labels
        return model(**batch).logits, batch["labels"]
    labels = batch.pop("labels")
    return model(**batch).logits[:, :-1], labels[:, 1:]
