"""Numbers made of sums over items, as lm-evaluation-harness makes them of the items themselves."""

from typing import Any

import numpy as np


def ratio(sums: Any) -> Any:
    with np.errstate(all="ignore"):
        return sums[..., 0] / sums[..., 1]


def exp_of_minus_mean(sums: Any) -> Any:
    """Perplexity, of log-probabilities and of what they are counted by."""
    with np.errstate(all="ignore"):
        return np.exp(-ratio(sums))


def bits(sums: Any) -> Any:
    """For each byte, of log-probabilities and of bytes."""
    return -ratio(sums) / np.log(2)


def mean_of_ratios(sums: Any) -> Any:
    """The mean over tasks, each of which counts alike: of their sums of values, then of their counts."""
    tasks = sums.shape[-1] // 2
    with np.errstate(all="ignore"):
        return np.nanmean(sums[..., :tasks] / sums[..., tasks:], axis=-1)


def correlation(sums: Any) -> Any:
    """Matthews', of the numbers of true and false positives and of true and false negatives."""
    right, wrong, right_not, wrong_not = (sums[..., at] for at in range(4))
    with np.errstate(all="ignore"):
        below = (right + wrong) * (right + wrong_not) * (right_not + wrong) * (right_not + wrong_not)
        return np.where(below > 0, (right * right_not - wrong * wrong_not) / np.sqrt(below), 0.0)


def f1(sums: Any) -> Any:
    """Of the numbers of true and false positives and of true and false negatives."""
    right, wrong, wrong_not = sums[..., 0], sums[..., 1], sums[..., 3]
    with np.errstate(all="ignore"):
        return np.where(right > 0, 2 * right / (2 * right + wrong + wrong_not), 0.0)
