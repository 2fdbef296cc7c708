"""Cross entropy from hidden states: few logits exist at a time, and the gradient is ready with the loss.

Nothing is computed twice: a frozen output layer costs two matrix products a token (logits, hidden states'
gradient), a trained one three. Sums are kept in float32; the products are in the type of the layer.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

# Logits that exist at a time: small enough for a processor's caches, large enough for a GPU's cores.
AT_ONCE = {"cpu": 1 << 22, "cuda": 1 << 27}


@dataclass(frozen=True)
class Finish:
    """What a family does to logits after its output layer: multiplies them, then bends them under a cap."""

    scale: float = 1.0
    cap: float | None = None

    def of(self, logits: Tensor) -> Tensor:
        """Changes float32 logits in place."""
        if self.scale != 1.0:
            logits.mul_(self.scale)
        return logits if self.cap is None else logits.div_(self.cap).tanh_().mul_(self.cap)

    def back(self, gradient: Tensor, logits: Tensor) -> Tensor:
        """From the gradient of finished logits to that of the output layer's, in place."""
        if self.cap is not None:
            gradient.mul_(1 - (logits / self.cap).square_())
        return gradient if self.scale == 1.0 else gradient.mul_(self.scale)


@dataclass(frozen=True)
class Layer:
    """An output layer. `rows` are trained in the place of the rows of its weights that `index` names."""

    weight: Tensor
    bias: Tensor | None = None
    rows: Tensor | None = None
    index: Tensor | None = None

    def to(self, of_kind: torch.dtype) -> "Layer":
        """All of its numbers in one type."""
        bias, rows = (None if part is None else part.to(of_kind) for part in (self.bias, self.rows))
        return Layer(self.weight.to(of_kind), bias, rows, self.index)


def losses(
    hidden: Tensor, targets: Tensor, layer: Layer, finish: Finish, smoothing: float = 0.0
) -> tuple[Tensor, Tensor]:
    """The sum of the tokens' losses, which has a gradient, and the loss of each, which has none."""
    found: tuple[Tensor, Tensor] = _Losses.apply(
        hidden, layer.weight, layer.bias, layer.rows, layer.index, targets, finish, smoothing,
        torch.is_grad_enabled(),
    )  # fmt: skip
    return found


def finished(hidden: Tensor, layer: Layer, finish: Finish) -> Tensor:
    """The logits of all of some hidden states."""
    of_kind = kind(layer.weight)
    return finish.of(_logits(hidden.to(of_kind), layer.to(of_kind)).float())


def _logits(hidden: Tensor, layer: Layer) -> Tensor:
    bias = layer.bias
    logits = hidden @ layer.weight.T if bias is None else hidden @ layer.weight.T + bias
    if layer.rows is not None:
        assert layer.index is not None
        new = hidden @ layer.rows.T if bias is None else hidden @ layer.rows.T + bias[layer.index]
        logits.index_copy_(-1, layer.index, new)
    return logits


class _Losses(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, rows: Tensor | None,
        index: Tensor | None, targets: Tensor, finish: Finish, smoothing: float, learns: bool,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        of_kind = kind(weight)
        layer = Layer(weight, bias, rows, index).to(of_kind)
        wanted = ctx.needs_input_grad[:4] if learns else (False,) * 4
        work = _Chunks(hidden.to(of_kind), layer, finish, smoothing, wanted)
        each = hidden.new_empty(len(hidden), dtype=torch.float32)
        size = max(1, AT_ONCE.get(hidden.device.type, 1 << 25) // len(weight))
        for start in range(0, len(hidden), size):
            here = slice(start, start + size)
            each[here] = work.chunk(here, targets[here])
        ctx.gradients = work.gradients
        ctx.types = [part if part is None else part.dtype for part in (hidden, weight, bias, rows)]
        ctx.mark_non_differentiable(each)
        return each.sum(), each

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_total: Tensor, *_: Any) -> tuple[Tensor | None, ...]:
        gradients, ctx.gradients = ctx.gradients, None
        given = [
            gradient if gradient is None else gradient.mul_(of_total).to(of_kind)
            for gradient, of_kind in zip(gradients, ctx.types, strict=True)
        ]
        return (*given, None, None, None, None, None)


class _Chunks:
    """The losses of some tokens after the other, and the gradients that they add up to."""

    def __init__(
        self, hidden: Tensor, layer: Layer, finish: Finish, smoothing: float, wanted: tuple[bool, ...]
    ):
        self.hidden, self.layer, self.finish, self.smoothing = hidden, layer, finish, smoothing
        of_hidden = torch.empty_like(hidden) if wanted[0] else None
        sums = [
            torch.zeros_like(part, dtype=torch.float32) if want and part is not None else None
            for part, want in zip((layer.weight, layer.bias, layer.rows), wanted[1:], strict=True)
        ]
        self.gradients = [of_hidden, *sums]

    def chunk(self, here: slice, targets: Tensor) -> Tensor:
        hidden = self.hidden[here]
        logits = self.finish.of(_logits(hidden, self.layer).float())
        capped = logits if self.finish.cap is None else logits.clone()
        likely = torch.log_softmax(logits, dim=-1)
        at = targets[:, None]
        each = -likely.gather(1, at)[:, 0]
        if self.smoothing:
            each = (1 - self.smoothing) * each - self.smoothing * likely.mean(-1)
        if any(part is not None for part in self.gradients):
            self._learn(here, hidden, self._gradient(likely, at, capped).to(hidden.dtype))
        return each

    def _gradient(self, likely: Tensor, at: Tensor, capped: Tensor) -> Tensor:
        """Of the output layer's logits; it takes the place of the logarithms."""
        found = likely.exp_()
        if self.smoothing:
            found.sub_(self.smoothing / found.shape[1])
        found.scatter_add_(1, at, torch.full_like(at, self.smoothing - 1, dtype=found.dtype))
        return self.finish.back(found, capped)

    def _learn(self, here: slice, hidden: Tensor, gradient: Tensor) -> None:
        of_hidden, of_weight, of_bias, of_rows = self.gradients
        if of_bias is not None:
            of_bias.add_(gradient.sum(0, dtype=torch.float32))
        if of_weight is not None:
            _add_product(of_weight, gradient, hidden)
        rows, index = self.layer.rows, self.layer.index
        if rows is None or index is None:
            if of_hidden is not None:
                torch.mm(gradient, self.layer.weight, out=of_hidden[here])
            return
        new = gradient.index_select(1, index)
        if of_rows is not None:
            _add_product(of_rows, new, hidden)
        if of_hidden is not None:
            torch.mm(gradient.index_fill_(1, index, 0), self.layer.weight, out=of_hidden[here])
            of_hidden[here].addmm_(new, rows)


def _add_product(total: Tensor, gradient: Tensor, hidden: Tensor) -> None:
    """Adds gradient^T @ hidden in float32."""
    if hidden.dtype == total.dtype:
        total.addmm_(gradient.T, hidden)
    else:
        total.add_(gradient.T @ hidden)


def kind(weight: Tensor) -> torch.dtype:
    """The type of the products, as a linear layer chooses it."""
    device = weight.device.type
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else weight.dtype
