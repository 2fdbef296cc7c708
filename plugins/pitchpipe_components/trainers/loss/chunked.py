"""Cross entropy from hidden states: few logits exist at a time, and the gradient is ready with the loss.

Nothing is computed twice: a frozen output layer costs two matrix products a token (logits, hidden states'
gradient), a trained one three. Where the losses are needed apart, a trained one makes the logits again on the
way back. Sums are kept in float32; the products are in the type of the layer.
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
    """What a family does to logits after its output layer: multiplies them, then bends them under a cap.
    Those of replies that were drawn at a temperature are divided by it."""

    scale: float = 1.0
    cap: float | None = None
    temperature: float = 1.0

    def of(self, logits: Tensor) -> Tensor:
        """Changes float32 logits in place."""
        if self.scale != 1.0:
            logits.mul_(self.scale)
        if self.cap is not None:
            logits.div_(self.cap).tanh_().mul_(self.cap)
        return logits if self.temperature == 1.0 else logits.div_(self.temperature)

    def back(self, gradient: Tensor, logits: Tensor) -> Tensor:
        """From the gradient of finished logits to that of the output layer's, in place."""
        if self.temperature != 1.0:
            gradient.div_(self.temperature)
        if self.cap is not None:
            gradient.mul_(1 - (logits * (self.temperature / self.cap)).square_())
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
    hidden: Tensor,
    targets: Tensor,
    layer: Layer,
    finish: Finish,
    smoothing: float = 0.0,
    apart: bool = False,
) -> tuple[Tensor, Tensor]:
    """The sum of the tokens' losses, and the loss of each. The sum has a gradient, or, where they are needed
    `apart`, each has one."""
    found: tuple[Tensor, Tensor] = _Losses.apply(
        hidden, layer.weight, layer.bias, layer.rows, layer.index, targets,
        _How(finish, smoothing, apart, torch.is_grad_enabled(), kind(layer.weight)),
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


@dataclass(frozen=True)
class _How:
    finish: Finish
    smoothing: float
    apart: bool
    learns: bool
    of_kind: torch.dtype


class _Losses(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, rows: Tensor | None,
        index: Tensor | None, targets: Tensor, how: _How,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        parts, wanted = (hidden, weight, bias, rows), ctx.needs_input_grad[:4]
        # What a token counts is not yet known then: a sum over tokens has to wait for it.
        waits = how.apart and how.learns and any(wanted[1:])
        at_once = wanted if how.learns and not waits else (False,) * 4
        work = _Chunks(hidden, weight, bias, rows, index, how, at_once)
        each = work.all(targets)
        ctx.gradients, ctx.how, ctx.waits = work.gradients, how, waits
        ctx.types = [part if part is None else part.dtype for part in parts]
        if waits:
            ctx.save_for_backward(*parts, index, targets)
        total = each.sum()
        ctx.mark_non_differentiable(total if how.apart else each)
        return total, each

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_total: Tensor, of_each: Tensor) -> tuple[Tensor | None, ...]:
        gradients, ctx.gradients = ctx.gradients, None
        if ctx.waits:
            hidden, weight, bias, rows, index, targets = ctx.saved_tensors
            work = _Chunks(hidden, weight, bias, rows, index, ctx.how, ctx.needs_input_grad[:4])
            work.all(targets, of_each)
            gradients = work.gradients
        elif ctx.how.apart:
            gradients = [part if part is None else part.mul_(of_each[:, None]) for part in gradients]
        else:
            gradients = [part if part is None else part.mul_(of_total) for part in gradients]
        given = [
            gradient if gradient is None else gradient.to(of_kind)
            for gradient, of_kind in zip(gradients, ctx.types, strict=True)
        ]
        return (*given, None, None, None)


class _Chunks:
    """The losses of some tokens after the other, and the gradients that they add up to."""

    def __init__(
        self, hidden: Tensor, weight: Tensor, bias: Tensor | None, rows: Tensor | None,
        index: Tensor | None, how: _How, wanted: tuple[bool, ...],
    ):  # fmt: skip
        self.finish, self.smoothing = how.finish, how.smoothing
        self.hidden = hidden = hidden.to(how.of_kind)
        self.layer = Layer(weight, bias, rows, index).to(how.of_kind)
        of_hidden = torch.empty_like(hidden) if wanted[0] else None
        own = (self.layer.weight, self.layer.bias, self.layer.rows)
        sums = [
            torch.zeros_like(part, dtype=torch.float32) if want and part is not None else None
            for part, want in zip(own, wanted[1:], strict=True)
        ]
        self.gradients = [of_hidden, *sums]

    def all(self, targets: Tensor, of_each: Tensor | None = None) -> Tensor:
        """The loss of each token; `of_each` says what each counts in the gradients."""
        each = self.hidden.new_empty(len(self.hidden), dtype=torch.float32)
        size = max(1, AT_ONCE.get(self.hidden.device.type, 1 << 25) // len(self.layer.weight))
        for start in range(0, len(self.hidden), size):
            here = slice(start, start + size)
            each[here] = self._chunk(here, targets[here], None if of_each is None else of_each[here])
        return each

    def _chunk(self, here: slice, targets: Tensor, of_each: Tensor | None) -> Tensor:
        hidden = self.hidden[here]
        logits = self.finish.of(_logits(hidden, self.layer).float())
        capped = logits if self.finish.cap is None else logits.clone()
        likely = torch.log_softmax(logits, dim=-1)
        at = targets[:, None]
        each = -likely.gather(1, at)[:, 0]
        if self.smoothing:
            each = (1 - self.smoothing) * each - self.smoothing * likely.mean(-1)
        if any(part is not None for part in self.gradients):
            gradient = self._gradient(likely, at, capped)
            if of_each is not None:
                gradient.mul_(of_each[:, None])
            self._learn(here, hidden, gradient.to(hidden.dtype))
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
