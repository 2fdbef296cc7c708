"""Exact match: how often a model says the very reply that was held out."""

from collections.abc import Sequence
from typing import Annotated

import pitchpipe as pp

Positive = Annotated[int, pp.Meta(ge=1)]
ROOM = 256  # tokens for answers, where no expected reply needs more


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
) -> dict[str, pp.Score]:
    """Share of held-out prompts whose last reply the model gives word for word, and ends by itself."""
    prompts = subject.prompts(limit)
    most = _most(subject, prompts, max_new_tokens)
    answers = subject.answers(prompts, "exact match", batch_size, most)
    hits = ends = 0
    for prompt, answer in zip(prompts, answers, strict=True):
        hit = answer.ended and answer.text.strip() == prompt.expected.strip()
        hits, ends = hits + hit, ends + answer.ended
        kept = {"id": prompt.id, "prompt": prompt.words, "expected": prompt.expected, "said": answer.text}
        subject.keep({**kept, "right": hit, "ended": answer.ended})
    count = len(prompts)
    return {"exact_match": pp.Score.share(hits, count), "ends_by_itself": pp.Score.share(ends, count)}


def _most(subject: pp.Subject, prompts: Sequence[pp.Prompt], asked: int | None) -> int:
    """How many tokens an answer may have. A limit that cuts right answers is told."""
    texts = [prompt.expected for prompt in prompts]
    lengths = [len(ids) + 1 for ids in subject.tokenizer(texts, add_special_tokens=False)["input_ids"]]
    if asked is None:
        return max([ROOM, *lengths])
    if cut := sum(length > asked for length in lengths):
        subject.console.say(
            f"[yellow]warning:[/] exact_match: {cut:,} of {len(prompts):,} expected replies are longer than"
            f" max_new_tokens: {asked}, so no answer to them can be right. The longest needs"
            f" {max(lengths):,}; left out, max_new_tokens is long enough for all."
        )
    return asked
