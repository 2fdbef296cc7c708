"""Repetition: whether a model knows when to stop, and whether it says the same again and again."""

from itertools import pairwise

import pitchpipe as pp
from pitchpipe_components.evaluators.loops import ends_in_loop, longest_repeat
from pitchpipe_components.evaluators.quotient import quotient
from pitchpipe_components.evaluators.replies import BatchSize, Limit, MaxNewTokens, replies
from pitchpipe_components.text.tokens import tokens


def repetition(
    subject: pp.Subject,
    *,
    limit: Limit = None,
    max_new_tokens: MaxNewTokens = None,
    batch_size: BatchSize = 32,
) -> dict[str, pp.Measured]:
    """Share of replies that the model ends by itself, and of those that end in a loop; how much words repeat.

    A loop says the same four times in a row. distinct_2 is the share of pairs of words that a reply has not
    said before, longest_repeat the words of the longest stretch that it says again.
    """
    asked = replies(subject, "repetition", limit, max_new_tokens, batch_size)
    said = {prompt.id: tokens(answer.text) for prompt, answer in asked}
    expected = [tokens(prompt.expected) for prompt, _ in asked]
    looped = sum(ends_in_loop(prompt.expected) for prompt, _ in asked) / len(asked)
    repeated = sum(map(longest_repeat, expected)) / len(asked)
    new, pairs = map(sum, zip(*map(_pairs, expected), strict=True))
    return {
        "ends_by_itself": pp.Measured.shares({prompt.id: answer.ended for prompt, answer in asked}),
        "loops": pp.Measured.shares(
            {prompt.id: ends_in_loop(answer.text) for prompt, answer in asked},
            better="lower",
            how=f"of the expected replies {looped:.1%}",
        ),
        "distinct_2": pp.Measured(
            {id: _pairs(words) for id, words in said.items()},
            quotient,
            better=None,
            is_share=True,
            how=f"of the expected replies {new / pairs:.1%}" if pairs else "",
        ),
        "longest_repeat": pp.Measured.means(
            {id: longest_repeat(words) for id, words in said.items()},
            better=None,
            how=f"in words; of the expected replies {repeated:.1f}",
        ),
    }


def _pairs(words: list[str]) -> tuple[float, float]:
    """How many different pairs of words that stand side by side, and how many pairs."""
    pairs = list(pairwise(words))
    return float(len(set(pairs))), float(len(pairs))
