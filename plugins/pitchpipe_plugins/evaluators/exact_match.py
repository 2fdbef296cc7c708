"""Exact match: how often a model says the very reply that was held out."""

from math import sqrt
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

if TYPE_CHECKING:
    from pitchpipe import Score, Subject

Positive = Annotated[int, Meta(ge=1)]


def exact_match(
    subject: "Subject",
    *,
    limit: Annotated[Positive | None, Meta(description="ask only the first so many")] = None,
    max_new_tokens: Annotated[
        Positive, Meta(description="cut an answer that does not end after so many tokens")
    ] = 256,
    batch_size: Annotated[Positive, Meta(description="prompts asked at once")] = 32,
) -> "dict[str, Score]":
    """Share of held-out prompts whose last reply the model gives word for word, and ends by itself."""
    from pitchpipe_plugins.evaluators.asking import answers, prompts

    asked = prompts(subject, limit)
    said = answers(subject, asked, "exact match", batch_size, max_new_tokens)
    hits = ends = 0
    for prompt, answer in zip(asked, said, strict=True):
        hit = answer.ended and answer.text.strip() == prompt.expected.strip()
        hits, ends = hits + hit, ends + answer.ended
        kept = {"id": prompt.id, "prompt": prompt.asked, "expected": prompt.expected, "said": answer.text}
        subject.keep({**kept, "right": hit})
    return {"exact_match": share(hits, len(asked)), "ends_by_itself": share(ends, len(asked))}


def share(hits: int, count: int) -> "Score":
    """A share with Wilson's 95 % interval, which holds near 0 and 1 and for few cases."""
    from pitchpipe import Score

    z = 1.96
    middle = (hits + z * z / 2) / (count + z * z)
    reach = z / (count + z * z) * sqrt(hits * (count - hits) / count + z * z / 4)
    return Score(hits / count, count, max(0.0, middle - reach), min(1.0, middle + reach), is_share=True)
