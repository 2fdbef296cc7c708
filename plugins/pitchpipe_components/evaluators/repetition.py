"""Repetition: whether a model knows when to stop, and whether it says the same again and again."""

from itertools import pairwise
from typing import Annotated, Literal

import pitchpipe as pp
from pitchpipe_components.evaluators.loops import ends_in_loop, longest_repeat
from pitchpipe_components.evaluators.quotient import quotient
from pitchpipe_components.evaluators.replies import BatchSize, Limit, MaxNewTokens, Replies, replies
from pitchpipe_components.text.tokens import tokens

Name = Literal["ends_by_itself", "loops", "distinct_2", "longest_repeat"]
EVERY: list[Name] = ["ends_by_itself", "loops", "distinct_2", "longest_repeat"]


def repetition(
    subject: pp.Subject,
    *,
    scores: Annotated[list[Name], pp.Meta(min_length=1, description="which to compute")] = EVERY,
    limit: Limit = None,
    max_new_tokens: MaxNewTokens = None,
    batch_size: BatchSize = 32,
) -> dict[str, pp.Measured]:
    """Share of replies that the model ends by itself, and of those that end in a loop; how much words repeat.

    A loop says the same four times in a row. distinct_2 is the share of pairs of words that a reply has not
    said before, longest_repeat the words of the longest stretch that it says again.
    """
    asked = replies(subject, "repetition", limit, max_new_tokens, batch_size)
    found = {"ends_by_itself": _ends, "loops": _loops, "distinct_2": _distinct, "longest_repeat": _longest}
    return {name: measure(asked) for name, measure in found.items() if name in scores}


def _ends(asked: Replies) -> pp.Measured:
    return pp.Measured.shares({prompt.id: answer.ended for prompt, answer in asked})


def _loops(asked: Replies) -> pp.Measured:
    usual = sum(ends_in_loop(prompt.expected) for prompt, _ in asked) / len(asked)
    loops = {prompt.id: ends_in_loop(answer.text) for prompt, answer in asked}
    return pp.Measured.shares(loops, better="lower", how=f"of the expected replies {usual:.1%}")


def _distinct(asked: Replies) -> pp.Measured:
    new, pairs = map(sum, zip(*(_pairs(prompt.expected) for prompt, _ in asked), strict=True))
    items = {prompt.id: _pairs(answer.text) for prompt, answer in asked}
    how = f"of the expected replies {new / pairs:.1%}" if pairs else ""
    return pp.Measured(items, quotient, better=None, is_share=True, how=how)


def _longest(asked: Replies) -> pp.Measured:
    usual = sum(longest_repeat(tokens(prompt.expected)) for prompt, _ in asked) / len(asked)
    found = {prompt.id: longest_repeat(tokens(answer.text)) for prompt, answer in asked}
    return pp.Measured.means(found, better=None, how=f"in words; of the expected replies {usual:.1f}")


def _pairs(text: str) -> tuple[float, float]:
    """How many different pairs of words that stand side by side, and how many pairs."""
    pairs = list(pairwise(tokens(text)))
    return float(len(set(pairs))), float(len(pairs))
