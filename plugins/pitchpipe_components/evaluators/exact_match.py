"""Exact match: how often a model says the very reply that was held out."""

import pitchpipe as pp
from pitchpipe_components.evaluators.replies import BatchSize, Limit, MaxNewTokens, replies


def exact_match(
    subject: pp.Subject,
    *,
    limit: Limit = None,
    max_new_tokens: MaxNewTokens = None,
    batch_size: BatchSize = 32,
) -> dict[str, pp.Measured]:
    """Share of held-out prompts whose last reply the model gives word for word, and ends by itself."""
    hits = {
        prompt.id: answer.ended and answer.text.strip() == prompt.expected.strip()
        for prompt, answer in replies(subject, "exact_match", limit, max_new_tokens, batch_size)
    }
    return {"exact_match": pp.Measured.shares(hits, how="word for word, and ended by the model")}
