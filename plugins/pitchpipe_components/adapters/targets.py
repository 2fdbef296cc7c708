"""Names of modules that a user gives must each be one of the model's: PEFT is content if any of them is."""

import re
from typing import Any

import pitchpipe as pp

ALL = "all-linear"


def must_match(targets: str | list[str], model: Any) -> None:
    """Stop where a name matches no module of the model."""
    names = [name for name, _ in model.named_modules() if name]
    if isinstance(targets, str):
        _one_must_match(targets, names)
        return
    layers = {name.rpartition(".")[2] for name in _with_matrices(model)}
    if not targets:
        raise pp.PitchpipeError(
            f"adapter lora: targets is empty: nothing would be learned.{pp.suggest('', layers)}"
        )
    if lost := [target for target in targets if not any(_names(target, name) for name in names)]:
        words = "; ".join(f"'{target}'.{pp.suggest(target, layers)}" for target in lost)
        raise pp.PitchpipeError(f"adapter lora: targets names what the model has not: {words}")


def _one_must_match(pattern: str, names: list[str]) -> None:
    """A text is a regular expression, as PEFT reads it."""
    if pattern == ALL:
        return
    try:
        found = any(re.fullmatch(pattern, name) for name in names)
    except re.error as error:
        raise pp.PitchpipeError(
            f"adapter lora: targets {pattern!r} is no regular expression: {error}"
        ) from error
    if not found:
        listed = f" For modules of this name write a list: targets: [{pattern}]."
        hint = listed if any(_names(pattern, name) for name in names) else pp.suggest(pattern, [ALL])
        raise pp.PitchpipeError(
            f"adapter lora: targets {pattern!r} is a regular expression for the whole name of a module, such"
            f" as {names[-1]}, and matches none.{hint}"
        )


def _names(target: str, name: str) -> bool:
    return name == target or name.endswith(f".{target}")


def _with_matrices(model: Any) -> list[str]:
    """Modules that an adapter can stand beside."""
    modules = model.named_modules()
    return [name for name, module in modules if getattr(getattr(module, "weight", None), "ndim", 0) == 2]
