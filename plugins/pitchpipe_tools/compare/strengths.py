"""Bradley and Terry's model: one strength for each model, so that the odds of a win are their difference.

A win of i over j has the probability 1 / (1 + exp(s_j - s_i)); a tie is half a win of both. A small ridge
keeps strengths finite where a model has won all or meets only some: then they are drawn together.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE = 0.1  # as if a strength had a standard deviation of 3.2, in logits
STEPS = 100
NEAR = 1e-10


def strengths(wins: "NDArray[np.float64]", ridge: float = RIDGE) -> "NDArray[np.float64]":
    """The strengths, in logits with mean 0, that make these wins likeliest. `wins[..., i, j]`: of i over j.

    Many tables may be given at once. Newton's steps are halved where they would overshoot.
    """
    wins = np.asarray(wins, np.float64)
    found = np.zeros(wins.shape[:-1])
    level = _level(found, wins, ridge)
    for _ in range(STEPS):
        step = np.linalg.solve(_curvature(found, wins, ridge), _slope(found, wins, ridge)[..., None])[..., 0]
        size = np.ones(wins.shape[:-2])
        while (worse := _level(found + size[..., None] * step, wins, ridge) < level - NEAR).any():
            size = np.where(worse, size / 2, size)
        found = found + size[..., None] * step
        level = _level(found, wins, ridge)
        if np.abs(step).max() < NEAR:
            break
    return found - found.mean(-1, keepdims=True)


def _chance(found: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """That i wins over j."""
    return 1 / (1 + np.exp(found[..., None, :] - found[..., :, None]))


def _level(found: "NDArray[np.float64]", wins: "NDArray[np.float64]", ridge: float) -> "NDArray[np.float64]":
    """The logarithm of the likelihood, less the ridge."""
    difference = found[..., :, None] - found[..., None, :]
    total: NDArray[np.float64] = -(wins * np.logaddexp(0, -difference)).sum((-1, -2))
    return total - ridge / 2 * (found**2).sum(-1)


def _slope(found: "NDArray[np.float64]", wins: "NDArray[np.float64]", ridge: float) -> "NDArray[np.float64]":
    lost = wins * (1 - _chance(found))
    slope: NDArray[np.float64] = lost.sum(-1) - lost.sum(-2) - ridge * found
    return slope


def _curvature(
    found: "NDArray[np.float64]", wins: "NDArray[np.float64]", ridge: float
) -> "NDArray[np.float64]":
    chance, games = _chance(found), wins + np.swapaxes(wins, -1, -2)
    weight = games * chance * (1 - chance)
    many = found.shape[-1]
    return np.eye(many) * (weight.sum(-1)[..., None] + ridge) - weight
