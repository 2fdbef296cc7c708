"""Exact match: how often a model says the very reply that was held out."""

from typing import Annotated

import pitchpipe as pp

Positive = Annotated[int, pp.Meta(ge=1)]


def exact_match(
    subject: pp.Subject,
    *,
    limit: Annotated[Positive | None, pp.Meta(description="ask only the first so many")] = None,
    max_new_tokens: Annotated[
        Positive | None,
        pp.Meta(
            description="cut an answer that does not end after so many tokens; none: 256, or the longest"
            " expected reply if that is longer"
        ),
    ] = None,
    batch_size: Annotated[Positive, pp.Meta(description="prompts asked at once")] = 32,
) -> dict[str, pp.Measured]:
    """Share of held-out prompts whose last reply the model gives word for word, and ends by itself."""
    prompts = subject.prompts(limit)
    answers = list(subject.answers(prompts, "exact match", batch_size, max_new_tokens))
    hits, ends = {}, {}
    for prompt, answer in zip(prompts, answers, strict=True):
        hits[prompt.id] = answer.ended and answer.text.strip() == prompt.expected.strip()
        ends[prompt.id] = answer.ended
    return {"exact_match": pp.Measured.shares(hits), "ends_by_itself": pp.Measured.shares(ends)}
