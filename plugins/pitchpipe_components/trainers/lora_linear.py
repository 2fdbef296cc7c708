"""Adds LoRA to the output of a frozen layer in one pass, where PEFT takes five or six and casts to float32.

`benchmarks/train.py --linear` shows what that costs. Layers that are more than plain LoRA keep PEFT's code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


@contextmanager
def fewer_passes(model: nn.Module) -> Iterator[None]:
    """As long as this lasts, plain LoRA layers of a model take fewer passes."""
    layers = [module for module in model.modules() if _is_plain(module)]
    for layer in layers:
        layer.__dict__["forward"] = MethodType(_forward, layer)
    try:
        yield
    finally:
        for layer in layers:
            layer.__dict__.pop("forward", None)


def _is_plain(module: Any) -> bool:
    """Linear layers, quantised ones included, whose forward pass is PEFT's and nobody else's."""
    from peft.tuners.lora import Linear
    from peft.tuners.lora.layer import LoraLayer

    if not isinstance(module, LoraLayer) or "forward" in module.__dict__:
        return False
    return type(module) is Linear or type(module).__name__ in ("Linear4bit", "Linear8bitLt")


def _forward(self: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    name = self.active_adapters[0] if len(self.active_adapters) == 1 else None
    special = self.disable_adapters or self.merged or args or kwargs or name not in self.lora_A
    if special or name in self.lora_variant or self.lora_bias.get(name) or self.fan_in_fan_out:
        own: Tensor = type(self).forward(self, x, *args, **kwargs)
        return own
    result = self.base_layer(x)
    given = self.lora_dropout[name](x).to(result.dtype)
    low, high = self.lora_A[name].weight, self.lora_B[name].weight
    in_place = type(self.base_layer) is nn.Linear
    added: Tensor = _Add.apply(result, given, low, high, self.scaling[name], in_place)
    return added


class _Add(torch.autograd.Function):
    """result + x low^T high^T scaling, in the type of the result."""

    @staticmethod
    def forward(
        ctx: Any, result: Tensor, x: Tensor, low: Tensor, high: Tensor, scaling: float, in_place: bool
    ) -> Tensor:
        flat, kind = x.reshape(-1, x.shape[-1]), result.dtype
        small, large = low.to(kind), high.to(kind)
        between = flat @ small.T
        ctx.save_for_backward(flat, between, small, large)
        ctx.scaling, ctx.types = scaling, (low.dtype, high.dtype)
        output = result.view(-1, result.shape[-1])
        if not in_place:
            return torch.addmm(output, between, large.T, alpha=scaling).view(result.shape)
        output.addmm_(between, large.T, alpha=scaling)
        ctx.mark_dirty(result)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        flat, between, small, large = ctx.saved_tensors
        of_output = gradient.reshape(-1, gradient.shape[-1])
        of_between = (of_output @ large).mul_(ctx.scaling)
        of_x = (of_between @ small).view(*gradient.shape[:-1], -1) if ctx.needs_input_grad[1] else None
        of_low = (of_between.T @ flat).to(ctx.types[0])
        of_high = (of_output.T @ between).mul_(ctx.scaling).to(ctx.types[1])
        return gradient, of_x, of_low, of_high, None, None
