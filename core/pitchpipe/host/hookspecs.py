"""The hooks. A plugin is a module that defines some of these functions, each with the mark @pp.hookimpl.

A plugin offers components in `register_<kind>s`: `register(name, component, needs=("trl",), extra="train")`.
`needs` names modules that the component imports, `extra` the extra of the plugin's distribution that installs
them, `default_for` the part that the component plays where a recipe names none. The keyword-only parameters
of a function, or the parameters of a class, are its options in a recipe. A class is made once per recipe, and
a ValueError that it raises is shown at its line. protocols.py holds the contract of each kind, serving.py
of those that serve.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from pitchpipe.recipe.recipe import Recipe
    from pitchpipe.run.directory import Run

hookspec, hookimpl = pluggy.HookspecMarker("pitchpipe"), pluggy.HookimplMarker("pitchpipe")

Register = Callable[..., None]

KINDS = (
    "loader", "format", "filter", "embedder", "template", "collator",
    "model", "adapter", "trainer", "reward", "tracker", "evaluator", "exporter",
    "teacher", "generator",
    "guard", "router", "upstream", "middleware",
)  # fmt: skip


def _of_kind(kind: str) -> Register:
    """The hook `register_filters(register)` of filters, and so for each kind."""

    def offers(register: Register) -> None: ...

    offers.__name__ = f"register_{kind}s"
    return hookspec(offers)


globals().update({f"register_{kind}s": _of_kind(kind) for kind in KINDS})


@hookspec
def register_stages(register: Register) -> None:
    """Offers the steps of a run: `register(stage)`."""


@hookspec
def register_synonyms(register: Register) -> None:
    """Offers what other tools call an option: `register("trainer.sft.epochs", "num_train_epochs", ...)`."""


@hookspec
def register_commands(register: Register) -> None:
    """Offers commands: `register(name, help, "module:attribute")`, or with a click command as the last."""


# The following hooks observe a run. They return nothing. One that crashes is reported while the run goes on.
@hookspec
def on_recipe_loaded(recipe: "Recipe") -> None:
    """The recipe is sound and nothing heavy is imported yet."""


@hookspec
def on_stage_begin(run: "Run", stage: str, goes_on: bool) -> None:
    """A stage begins: anew, or where an attempt that was stopped left it."""


@hookspec
def on_stage_end(run: "Run", stage: str, result: object, seconds: float) -> None:
    """A stage of the run ("prepare", "train", "evaluate base", "evaluate tuned") has just been done."""


@hookspec
def on_log(run: "Run", stage: str, step: int, values: dict[str, float]) -> None:
    """A stage reports numbers: loss, learning rate and the like."""
