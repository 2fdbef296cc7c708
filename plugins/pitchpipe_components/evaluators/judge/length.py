"""The win rate that two replies of one length would have: a logistic regression, fitted by Newton's steps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pitchpipe as pp

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1000  # of the questions, for the interval
AT_ONCE = 1 << 22  # weights that are in memory together
IMAGINED = 0.5, 0.5  # questions at no difference of length: one won, one lost
RIDGE = 0.01  # keeps the fit finite where every reply of one side won
STEPS, LONGEST, SMALL = 50, 2.0, 1e-8


def length_controlled(results: Sequence[float], differences: Sequence[int], how: str) -> pp.Score:
    """Of results from 0 to 1, and of how much longer the reply is than the other one.

    log-odds of winning = a + b tanh(difference / its standard deviation); the rate is that of a alone, as in
    the length-controlled AlpacaEval. For the interval, questions get other weights by chance (a Bayesian
    bootstrap), beside half a question that is won and half of one that is lost. So it does not vanish where
    all are won, and where length plays no part it is that of Jeffreys for a share.
    """
    import numpy as np

    won, longer = np.array(results, np.float64), np.array(differences, np.float64)
    many, spread = len(won), longer.std()
    length = np.tanh(longer / spread) if spread else np.zeros_like(longer)
    best = _fitted(won, length, np.ones((1, many)), np.zeros((2, 1)))
    won, length = np.append(won, [1, 0]), np.append(length, [0, 0])
    likely = np.append(np.ones(many), IMAGINED)
    chance, drawn, rows = np.random.default_rng(0), [], max(1, AT_ONCE // many)
    for start in range(0, DRAWS, rows):
        weights = chance.standard_gamma(likely, (min(rows, DRAWS - start), many + 2))
        weights *= likely.sum() / weights.sum(1, keepdims=True)
        drawn.append(_fitted(won, length, weights, np.repeat(best, len(weights), axis=1))[0])
    odds = best[0][0], *np.quantile(np.concatenate(drawn), [0.025, 0.975])
    value, low, high = _rate(np.array(odds)).tolist()
    return pp.Score(value, many, min(low, value), max(high, value), is_share=True, better="higher", how=how)


def _fitted(
    won: "NDArray[Any]", length: "NDArray[Any]", weights: "NDArray[Any]", found: "NDArray[Any]"
) -> "NDArray[Any]":
    """a and b for each row of weights of the questions, searched from where they are `found`."""
    import numpy as np

    for _ in range(STEPS):
        a, b = found
        chance = _rate(a[:, None] + b[:, None] * length)
        missing, bend = weights * (won - chance), weights * chance * (1 - chance)
        up, along = missing.sum(1) - RIDGE * a, missing @ length - RIDGE * b
        aa, ab, bb = bend.sum(1) + RIDGE, bend @ length, bend @ (length * length) + RIDGE
        steps = np.stack([bb * up - ab * along, aa * along - ab * up]) / (aa * bb - ab * ab)
        # Full steps may overshoot far from the top; none may be longer than this.
        steps *= np.minimum(1, LONGEST / np.maximum(np.hypot(*steps), SMALL))
        found = found + steps
        if np.abs(steps).max() < SMALL:
            break
    return found


def _rate(odds: "NDArray[Any]") -> "NDArray[Any]":
    """The rate of log-odds."""
    import numpy as np

    return 1 / (1 + np.exp(-odds))
