"""The proof, on the model of a recipe, that conversations in one row do not attend to each other."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import Packing
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.model.sections import ADAPTER
from pitchpipe_stages.render.sections import COLLATOR, MODEL
from pitchpipe_stages.train.neighbours import Measured, check, maker, shares_rows
from pitchpipe_tools.doctor.machine import Facts

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PAD = 0  # any token that is no document's


def isolation(recipe: Recipe, console: RichConsole) -> Facts:
    """The facts that a recipe's collator proves on the recipe's model."""
    if missing := recipe.missing():
        raise PitchpipeError("\n".join(missing))
    collator = recipe[COLLATOR]
    if recipe[MODEL] is None or collator is None:
        raise PitchpipeError("the recipe names no model, so there is nothing to prove: add a section 'model'")
    facts = Facts(f"{recipe.path.name}: documents that share a row", ["", ""])
    facts.rows.append(["collator", collator.name])
    if not isinstance(collator.bound, Packing) and not shares_rows(maker(collator.bound), PAD):
        facts.rows.append(["rows", "each holds one conversation: nothing to keep apart"])
        return facts
    with console.waiting("loading the model"):
        model = _model(recipe)
    facts.rows.append(["model", f"{_memory(model)}, on {next(model.parameters()).device}"])
    with ExitStack() as stack:
        if isinstance(collator.bound, Packing):
            proven = stack.enter_context(collator.bound.isolated(model))
            facts.rows += [[name, text] for name, text in proven.items()]
        if measured := check(model, collator.bound, PAD):
            facts.rows += _shown(measured)
    return facts


def _shown(measured: Measured) -> list[list[str]]:
    """What was measured on the batches of the collator itself."""
    words = "kept apart" if measured.holds else "not kept apart, and the collator says so"
    numbers = f"moves by {measured.moved:.1e}, differs by {measured.apart:.1e}"
    return [["in the collator's own batches", f"{words}: {numbers}"]]


def _model(recipe: Recipe) -> "PreTrainedModel":
    """The model as training uses it, on the device of training."""
    import torch

    use, adapter = recipe[MODEL], recipe[ADAPTER]
    assert use
    model = use.bound.weights()
    model = adapter.bound(model, []) if adapter else model
    if torch.cuda.is_available() and not getattr(model, "is_quantized", False):
        model = model.to("cuda")
    return model


def _memory(model: "PreTrainedModel") -> str:
    tensors = list(model.parameters())
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    return f"{size / (1 << 20):,.0f} MiB of weights"
