"""The loss of replies that a model has tried out: better ones become likelier, as far as that is trusted.

GRPO (arXiv 2402.03300), Dr. GRPO (2503.20783) and DAPO (2503.14476), with the estimate of the divergence from
a reference that is never below 0, times the ratio, which makes its gradient unbiased (2512.02556). Tokens of
all rows stand in one line; `rows` says whose each is.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

Kind = Literal["dapo", "grpo", "dr_grpo", "bnpo"]
Scale = Literal["group", "batch", "none"]
LEAST = 1e-4  # what a spread of 0 is taken for


@dataclass(frozen=True)
class TokenLosses:
    """Of each token: its loss, the divergence from the reference, and whether the bound held it back."""

    losses: Tensor
    kl: Tensor | None
    clipped: Tensor


def token_losses(
    now: Tensor,
    old: Tensor,
    reference: Tensor | None,
    advantages: Tensor,
    beta: float,
    low: float,
    high: float,
) -> TokenLosses:
    """From log-probabilities: now, when the reply was drawn, and of the reference. A token's probability may
    grow by the share `high` or fall by `low` before its reply counts no more."""
    ratio = torch.exp(now - old)
    bounded = ratio.clamp(1 - low, 1 + high)
    losses = -torch.min(ratio * advantages, bounded * advantages)
    clipped = ((ratio < 1 - low) & (advantages < 0)) | ((ratio > 1 + high) & (advantages > 0))
    if reference is None:
        return TokenLosses(losses, None, clipped)
    apart = reference - now
    kl = ratio * (torch.exp(apart) - apart - 1)
    return TokenLosses(losses + beta * kl, kl, clipped)


@dataclass(frozen=True)
class WholeStep:
    """What a batch knows of its step, in all processes: replies, tokens that count, and batches."""

    replies: float
    tokens: float
    batches: float


def shares(kind: Kind, rows: Tensor, counts: Tensor, whole: WholeStep, longest: int) -> Tensor:
    """What each token counts in the loss of the step. `counts` are 1, or 0 for tokens that are left out."""
    if kind == "dapo":  # each token alike
        return counts / max(whole.tokens, 1)
    if kind == "dr_grpo":  # each alike, and long replies no more than short ones
        return counts / (whole.replies * longest)
    if kind == "bnpo":  # each token of a batch alike
        return counts / (counts.sum().clamp(min=1) * whole.batches)
    lengths = torch.zeros(int(rows.max()) + 1, dtype=counts.dtype, device=counts.device)
    lengths.index_add_(0, rows, counts)
    return counts / (lengths.clamp(min=1)[rows] * whole.replies)  # each reply alike


def advantages(rewards: Tensor, scale: Scale, spread: float = 0.0) -> Tensor:
    """How much better each reply is than the others to its prompt (a row holds those of one prompt), divided
    by how far apart they lie; with `batch` by the `spread` of all replies of the step."""
    apart = rewards - rewards.mean(1, keepdim=True)
    if scale == "none":
        return apart
    return apart / (spread + LEAST if scale == "batch" else spreads(rewards)[:, None] + LEAST)


def spreads(rewards: Tensor) -> Tensor:
    """How far the rewards of each row lie apart; those of a single reply, not at all."""
    return rewards.std(1) if rewards.shape[1] > 1 else torch.zeros_like(rewards[:, 0])
