"""Held-out prompts and what a model answers, for all evaluators that look at replies.

Asked with the same limit, they share the answers: each prompt is answered once.
"""

from typing import Annotated

import pitchpipe as pp

Positive = Annotated[int, pp.Meta(ge=1)]
Limit = Annotated[Positive | None, pp.Meta(description="ask only the first so many")]
MaxNewTokens = Annotated[
    Positive | None,
    pp.Meta(
        description="cut an answer that does not end after so many tokens; none: 256, or the longest expected"
        " reply if that is longer"
    ),
]
BatchSize = Annotated[Positive, pp.Meta(description="prompts asked at once")]
Replies = list[tuple[pp.Prompt, pp.Answer]]


def replies(
    subject: pp.Subject, label: str, limit: int | None, max_new_tokens: int | None, batch_size: int
) -> Replies:
    """Each held-out prompt with the model's answer."""
    prompts = subject.prompts(limit)
    if not prompts:
        raise pp.PitchpipeError(
            f"{label}: no held-out conversation has a reply to ask for: they are prompts alone, plain text,"
            " or all their replies were judged bad. Leave the evaluator out, or hold out others"
        )
    answers = subject.answers(prompts, label.replace("_", " "), batch_size, max_new_tokens)
    return list(zip(prompts, answers, strict=True))
