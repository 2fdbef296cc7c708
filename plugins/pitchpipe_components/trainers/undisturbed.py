"""Puts back all that a rehearsal touches, so that the training after it is the same to the last bit."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from pitchpipe_components.trainers.memory import release
from pitchpipe_components.trainers.weights import trained

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
HELD = (*HOOKS, "_parameters", "_buffers", "_modules")  # changed in place


@contextmanager
def undisturbed(model: Any) -> Iterator[None]:
    """Gives the model's settings, hooks and buffers back, and the random state. No gradient stays.

    Weights are not copied, which would need memory: who rehearses must leave them, and a sum proves it.
    """
    own = [(module, _settings(module)) for module in model.modules()]
    buffers = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]
    chance, weights = _chance(), _sum(model)
    try:
        yield
    finally:
        for parameter in model.parameters():
            parameter.grad = None
        for module, settings in own:
            _restore(module, settings)
        with torch.no_grad():
            for buffer, value in buffers:
                buffer.copy_(value)
        _set_chance(*chance)
        release()
    if _sum(model) != weights:
        raise RuntimeError("a rehearsal has changed the weights: the trainer's rehearse: false does without")


def _settings(module: Any) -> dict[str, Any]:
    """All that a module holds but weights, buffers and modules; hooks as they are now."""
    return {
        name: value.copy() if name in HOOKS else value
        for name, value in vars(module).items()
        if name in HOOKS or name not in HELD
    }


def _restore(module: Any, settings: dict[str, Any]) -> None:
    held = vars(module)
    for name in held.keys() - settings.keys() - set(HELD):
        del held[name]
    for name, value in settings.items():
        if name in HOOKS:  # who removes a hook knows this very dict
            held[name].clear()
            held[name].update(value)
        else:
            held[name] = value


def _sum(model: Any) -> list[int]:
    """Of the bits of the weights that are trained: another one shows that a bit has changed."""
    return [_bits(weight) for weight in trained(model)]


def _bits(tensor: Any) -> int:
    whole = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[tensor.element_size()]
    return int(tensor.detach().view(whole).sum(dtype=torch.int64))


def _chance() -> tuple[Any, ...]:
    import numpy as np

    gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return random.getstate(), np.random.get_state(), torch.get_rng_state(), gpus


def _set_chance(python: Any, numpy: Any, torchs: Any, gpus: Any) -> None:
    import numpy as np

    random.setstate(python)
    np.random.set_state(numpy)
    torch.set_rng_state(torchs)
    if gpus:
        torch.cuda.set_rng_state_all(gpus)
