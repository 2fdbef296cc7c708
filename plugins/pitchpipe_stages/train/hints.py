"""Values that lie outside of what is usual: told with the reason, and never an error.

What is usual is what those who published their settings took: Alpaca and Vicuna (all weights: a learning rate
of 2e-5, 3 epochs, 128 conversations a step), LoRA and QLoRA (1e-4 to 3e-4, ranks of 8 to 128, an alpha of
twice the rank, a dropout of up to 0.1), NEFTune (an alpha of 5 to 15), Zephyr (DPO of all weights: 5e-7, a
beta of 0.1), SimPO (betas of 2 to 10) and ORPO (a learning rate as of replies).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pitchpipe.errors import Problem
from pitchpipe.recipe.recipe import Recipe, Use
from pitchpipe_stages.learns import learns_sides
from pitchpipe_stages.model.sections import ADAPTER
from pitchpipe_stages.render.sections import COLLATOR, MODEL
from pitchpipe_stages.render.suits import parts_prompts

if TYPE_CHECKING:
    from pitchpipe.recipe.checker import Checker

SMALL = 200 << 20  # bytes of weights: models below take higher rates and shorter texts


@dataclass(frozen=True)
class Usual:
    """What is usual of an option: outside, the words are told."""

    option: str
    low: float
    high: float
    words: str
    of: Literal["any", "low rank", "all weights"] = "any"  # what is trained
    models: Literal["any", "large", "small"] = "any"  # of which it is said


FEW = "1 to 3 are usual: preferences are soon learned by heart"
COMPARED = (
    Usual("epochs", 0, 3, FEW),
    Usual("beta", 0.01, 1, "0.05 to 0.5 is usual: less lets the model go further from what it was"),
)
MOVED = (
    *COMPARED,
    Usual("learning_rate", 1e-6, 2e-4, "for low-rank adapters 5e-6 to 5e-5 is usual", "low rank", "large"),
    Usual("learning_rate", 5e-8, 1e-5, "for all weights 5e-7 to 5e-6 is usual", "all weights", "large"),
    Usual("learning_rate", 1e-6, 5e-3, "up to 1e-3 is usual for a small model", "low rank", "small"),
    Usual("learning_rate", 1e-7, 1e-3, "up to 5e-4 is usual for a small model", "all weights", "small"),
)
REPLIES = (
    Usual("learning_rate", 2e-5, 1e-3, "for low-rank adapters 1e-4 to 3e-4 is usual", "low rank", "large"),
    Usual("learning_rate", 1e-6, 1e-4, "for all weights 1e-5 to 5e-5 is usual", "all weights", "large"),
    Usual("learning_rate", 1e-5, 2e-2, "up to 1e-2 is usual for a small model", "low rank", "small"),
    Usual("learning_rate", 1e-6, 1e-2, "up to 5e-3 is usual for a small model", "all weights", "small"),
    Usual("epochs", 0, 5, "1 to 5 are usual: with more, replies are learned by heart"),
    Usual("neftune", 1, 20, "5 to 15 is usual"),
    Usual("label_smoothing", 0, 0.2, "0 to 0.1 is usual: more teaches replies that nobody gave"),
)
OF_TRAINERS = {
    "dpo": MOVED,
    "kto": MOVED,
    "cpo": MOVED,
    "simpo": (
        Usual("beta", 1, 20, "2 to 10 is usual"),
        *(usual for usual in MOVED if usual.option != "beta"),
    ),
    "orpo": (*COMPARED, *(usual for usual in REPLIES if usual.option == "learning_rate")),
}  # of other trainers what is usual of replies
TRAINER = (
    Usual("batch", 1, 512, "batch_size times accumulate is usually 16 to 128", models="large"),
    Usual("share of warmup", 0, 0.2, "0.03 to 0.1 of the steps is usual"),
    Usual("weight_decay", 0, 0.2, "0 to 0.1 is usual: more pulls away what the base has learned"),
    Usual("max_grad_norm", 0.1, 10, "0.3 to 1 is usual: more holds no wild step back"),
    Usual("beta2", 0.9, 0.9999, "0.95 to 0.999 is usual"),
)
ADAPTERS = (
    Usual("rank", 4, 256, "8 to 128 is usual"),
    Usual("strength", 0.5, 4, "an alpha of once or twice the rank is usual"),
    Usual("dropout", 0, 0.3, "0 to 0.1 is usual"),
)
COLLATORS = (Usual("length", 256, 1 << 17, "512 to 4096 is usual: what is longer is lost", models="large"),)
UNSEEN = (
    "no rows are held out for validation, so that nobody sees whether preferences are learned or learned by"
    " heart: split: {train: 0.95, validation: 0.05}"
)
SAID_AS = {"share of warmup": "warmup", "batch": "batch_size", "strength": "alpha"}


def add_hints(checker: "Checker", recipe: Recipe, trainer: Use, has_validation: bool) -> None:
    """Adds to a recipe what is unusual in it."""
    adapter, collator, model = recipe[ADAPTER], recipe[COLLATOR], recipe[MODEL]
    trained = _trained(adapter, collator)
    size = "small" if model is not None and _small(model.bound) else "large"
    of_trainer = (*OF_TRAINERS.get(trainer.name, REPLIES), *TRAINER)
    for section, use, table in (
        ("trainer", trainer, of_trainer), ("adapter", adapter, ADAPTERS), ("collator", collator, COLLATORS),
    ):  # fmt: skip
        if use is None:
            continue
        for usual, value in _unusual(table, _values(use.bound)):
            if usual.of in ("any", trained) and usual.models in ("any", size):
                key = (section, use.name, SAID_AS.get(usual.option, usual.option))
                said = _said(usual.option, value, usual.option in use.options)
                words = f"{said} is unusual: {usual.words}"
                recipe.hints.append(Problem(str(checker.document.place(key)), ".".join(key), words))
    if not has_validation and learns_sides(recipe):
        at = ("trainer", trainer.name)
        recipe.hints.append(Problem(str(checker.document.place(at)), ".".join(at), UNSEEN))


def _trained(adapter: Use | None, collator: Use | None) -> str:
    """What the rates are of: encoder-decoder models and other adapters take others."""
    if adapter is not None:
        return "low rank" if hasattr(adapter.bound, "rank") else "other"
    return "other" if parts_prompts(collator) else "all weights"


def _unusual(table: tuple[Usual, ...], values: dict[str, Any]) -> Iterator[tuple[Usual, float]]:
    for usual in table:
        value = values.get(usual.option)
        if isinstance(value, int | float) and not usual.low <= value <= usual.high:
            yield usual, value


def _said(option: str, value: float, given: bool) -> str:
    """A value that follows from several options is told by its name."""
    if option in SAID_AS:
        return f"a {option} of {value:g}"
    return f"{value:g}" if given else f"{value:g}, the default,"


def _values(bound: Any) -> dict[str, Any]:
    """The options of a component, and what follows from several of them."""
    values: dict[str, Any] = {name: getattr(bound, name) for name in dir(bound) if not name.startswith("_")}
    if "accumulate" in values:
        values["batch"] = values["batch_size"] * values["accumulate"]
    if values.get("optimizer") == "adafactor":  # takes other rates
        del values["learning_rate"]
    if "warmup" in values:
        warmup, steps = values["warmup"], values["max_steps"]
        values["share of warmup"] = warmup if warmup < 1 else warmup / steps if steps else None
    if "alpha" in values and "rank" in values and not values.get("rslora"):
        values["strength"] = values["alpha"] / values["rank"]
    return values


def _small(model: Any) -> bool:
    """Whether a model lies on this machine and is small."""
    folder = getattr(model, "folder", None)
    sizes = [file.stat().st_size for file in Path(folder).glob("*.safetensors")] if folder else []
    return 0 < sum(sizes) < SMALL
