"""Exact match: how often a model says the very reply that was held out."""

from typing import Annotated

import pitchpipe as pp

Positive = Annotated[int, pp.Meta(ge=1)]


def exact_match(
    subject: pp.Subject,
    *,
    limit: Annotated[Positive | None, pp.Meta(description="ask only the first so many")] = None,
    max_new_tokens: Annotated[
        Positive, pp.Meta(description="cut an answer that does not end after so many tokens")
    ] = 256,
    batch_size: Annotated[Positive, pp.Meta(description="prompts asked at once")] = 32,
) -> dict[str, pp.Score]:
    """Share of held-out prompts whose last reply the model gives word for word, and ends by itself."""
    prompts = subject.prompts(limit)
    answers = subject.answers(prompts, "exact match", batch_size, max_new_tokens)
    hits = ends = 0
    for prompt, answer in zip(prompts, answers, strict=True):
        hit = answer.ended and answer.text.strip() == prompt.expected.strip()
        hits, ends = hits + hit, ends + answer.ended
        kept = {"id": prompt.id, "prompt": prompt.words, "expected": prompt.expected, "said": answer.text}
        subject.keep({**kept, "right": hit})
    count = len(prompts)
    return {"exact_match": pp.Score.share(hits, count), "ends_by_itself": pp.Score.share(ends, count)}
