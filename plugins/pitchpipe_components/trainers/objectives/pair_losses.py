"""The losses of pairs, by name: what is paid for each pair, from the log-probabilities of its two replies.

Where a loss is published, its paper is named. TRL's formulas are the measure, and tests hold these to them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Compared:
    """Of each pair: the log-probabilities of the better and of the worse reply, less the reference's, and
    their tokens; how much more likely the reference holds the better one."""

    better: Tensor
    worse: Tensor
    better_tokens: Tensor
    worse_tokens: Tensor
    reference: Tensor

    @property
    def margin(self) -> Tensor:
        return self.better - self.worse

    def a_token(self) -> "Compared":
        """The same, as means over tokens."""
        better, worse = self.better / self.better_tokens, self.worse / self.worse_tokens
        return replace(self, better=better, worse=worse)


@dataclass(frozen=True)
class Strength:
    """How a loss is set: how far the model may go, how many pairs are labelled the wrong way round, and
    numbers of single losses."""

    beta: float
    smoothing: float = 0.0
    gamma: float = 0.0  # of simpo: the margin that is aimed at
    tau: float = 0.05  # of discopop


PairLoss = Callable[[Compared, Strength], Tensor]


def sigmoid(pairs: Compared, how: Strength) -> Tensor:
    """DPO, arXiv 2305.18290; with smoothing conservative DPO."""
    return _smooth(how.beta * pairs.margin, how.smoothing)


def sigmoid_norm(pairs: Compared, how: Strength) -> Tensor:
    return _smooth(how.beta * pairs.a_token().margin, how.smoothing)


def hinge(pairs: Compared, how: Strength) -> Tensor:
    """SLiC, arXiv 2305.10425."""
    return torch.relu(1 - how.beta * pairs.margin)


def ipo(pairs: Compared, how: Strength) -> Tensor:
    """IPO, arXiv 2310.12036, as means over tokens."""
    return (pairs.a_token().margin - 0.5 / how.beta).square()


def robust(pairs: Compared, how: Strength) -> Tensor:
    """Robust DPO, arXiv 2403.00409."""
    margin, wrong = how.beta * pairs.margin, how.smoothing
    return ((1 - wrong) * softplus(-margin) - wrong * softplus(margin)) / (1 - 2 * wrong)


def exo_pair(pairs: Compared, how: Strength) -> Tensor:
    """EXO, arXiv 2402.00856, equation 16."""
    margin = how.beta * pairs.margin
    wrong = margin.new_tensor(how.smoothing)
    right_way = torch.sigmoid(margin) * (-softplus(-margin) - torch.log1p(-wrong))
    return right_way + torch.sigmoid(-margin) * (-softplus(margin) - wrong.log())


def nca_pair(pairs: Compared, how: Strength) -> Tensor:
    """NCA, arXiv 2402.05369."""
    better, worse = how.beta * pairs.better, how.beta * pairs.worse
    return softplus(-better) + 0.5 * (softplus(better) + softplus(worse))


def bco_pair(pairs: Compared, how: Strength) -> Tensor:
    """BCO, arXiv 2404.04656, without its shift."""
    return softplus(-how.beta * pairs.better) + softplus(how.beta * pairs.worse)


def sppo_hard(pairs: Compared, how: Strength) -> Tensor:
    """SPPO, arXiv 2405.00675, where the better reply always wins."""
    aim = 0.5 / how.beta
    return (pairs.better - aim).square() + (pairs.worse + aim).square()


def apo_zero(pairs: Compared, how: Strength) -> Tensor:
    """APO, arXiv 2408.06266, equation 7: better replies are better than the model's own."""
    return torch.sigmoid(-how.beta * pairs.better) + torch.sigmoid(how.beta * pairs.worse)


def apo_down(pairs: Compared, how: Strength) -> Tensor:
    """APO, equation 8: even better replies are worse than the model's own."""
    return torch.sigmoid(how.beta * pairs.better) + torch.sigmoid(-how.beta * pairs.margin)


def aot(pairs: Compared, how: Strength) -> Tensor:
    """AOT, arXiv 2406.05882: compares the pairs of a batch as two sorted lists."""
    own = (pairs.margin + pairs.reference).sort().values
    return _smooth(how.beta * (own - pairs.reference.sort().values), how.smoothing)


def aot_unpaired(pairs: Compared, how: Strength) -> Tensor:
    """AOT of replies that need not belong together."""
    return _smooth(how.beta * (pairs.better.sort().values - pairs.worse.sort().values), how.smoothing)


def discopop(pairs: Compared, how: Strength) -> Tensor:
    """DiscoPOP, arXiv 2406.08414, equation 5."""
    margin = how.beta * pairs.margin
    share = torch.sigmoid(margin / how.tau)
    return softplus(-margin) * (1 - share) + torch.exp(-margin) * share


def simpo(pairs: Compared, how: Strength) -> Tensor:
    """SimPO, arXiv 2405.14734: means over tokens, and a margin to reach."""
    return _smooth(how.beta * pairs.a_token().margin - how.gamma, how.smoothing)


def odds_ratio(pairs: Compared, how: Strength) -> Tensor:
    """ORPO, arXiv 2403.07691: the odds of the better reply beside those of the worse one."""
    means = pairs.a_token()
    return how.beta * softplus(-(_log_odds(means.better) - _log_odds(means.worse)))


def _smooth(margin: Tensor, wrong: float) -> Tensor:
    """The share `wrong` of pairs is labelled the wrong way round."""
    return (1 - wrong) * softplus(-margin) + wrong * softplus(margin)


def _log_odds(logarithm: Tensor) -> Tensor:
    """log(p / (1 - p)) from log p. That of a certain token is kept finite."""
    logarithm = logarithm.clamp(max=-1e-6)
    return logarithm - torch.log(-torch.expm1(logarithm))
