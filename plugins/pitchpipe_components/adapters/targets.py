"""Names of modules that a user gives must each be one of the model's: PEFT is content if any of them is."""

import re
from typing import Any

import pitchpipe as pp

ALL = "all-linear"


def must_match(adapter: str, targets: str | list[str], model: Any) -> None:
    """Stop where a name matches no module of the model."""
    names = [name for name, _ in model.named_modules() if name]
    if isinstance(targets, str):
        _one_must_match(adapter, targets, names)
        return
    layers = {name.rpartition(".")[2] for name in with_matrices(model)}
    if not targets:
        raise pp.PitchpipeError(
            f"adapter {adapter}: targets is empty: nothing would be learned.{pp.suggest('', layers)}"
        )
    _each_must_match(adapter, "targets", targets, names, layers)


def must_be_whole(adapter: str, wanted: list[str], model: Any) -> list[str]:
    """The full names of modules to train whole: each must be there, and its weights be numbers to train.

    PEFT would take any name that ends like the one that is wanted: `norm` would be every `input_layernorm`.
    """
    modules = {name: module for name, module in model.named_modules() if name}
    own = {name: module for name, module in modules.items() if any(True for _ in module.parameters(False))}
    _each_must_match(adapter, "train_also", wanted, list(own), {name.rpartition(".")[2] for name in own})
    found = {name: target for target in wanted for name in own if names(target, name)}
    for name, target in found.items():
        if not all(weight.is_floating_point() for weight in own[name].parameters()):
            raise pp.PitchpipeError(
                f"adapter {adapter}: train_also: the weights of '{target}' are quantised, which cannot be"
                " trained. Leave it out, or take `quantize` out of the model."
            )
    return sorted(found)


def _each_must_match(
    adapter: str, option: str, targets: list[str], modules: list[str], known: set[str]
) -> None:
    if lost := [target for target in targets if not any(names(target, name) for name in modules)]:
        words = "; ".join(f"'{target}'.{pp.suggest(target, known)}" for target in lost)
        raise pp.PitchpipeError(f"adapter {adapter}: {option} names what the model has not: {words}")


def _one_must_match(adapter: str, pattern: str, modules: list[str]) -> None:
    """A text is a regular expression, as PEFT reads it."""
    if pattern == ALL:
        return
    try:
        found = any(re.fullmatch(pattern, name) for name in modules)
    except re.error as error:
        raise pp.PitchpipeError(
            f"adapter {adapter}: targets {pattern!r} is no regular expression: {error}"
        ) from error
    if not found:
        listed = f" For modules of this name write a list: targets: [{pattern}]."
        hint = listed if any(names(pattern, name) for name in modules) else pp.suggest(pattern, [ALL])
        raise pp.PitchpipeError(
            f"adapter {adapter}: targets {pattern!r} is a regular expression for the whole name of a module,"
            f" such as {modules[-1]}, and matches none.{hint}"
        )


def names(target: str, name: str) -> bool:
    """Whether a target names a module: by its whole name, or by the end of it."""
    return name == target or name.endswith(f".{target}")


def with_matrices(model: Any) -> list[str]:
    """Modules that an adapter can stand beside."""
    modules = model.named_modules()
    return [name for name, module in modules if getattr(getattr(module, "weight", None), "ndim", 0) == 2]
