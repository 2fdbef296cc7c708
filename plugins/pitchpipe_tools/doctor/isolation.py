"""The proof, on the model that a recipe would train, that the documents of a row do not see each other."""

from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import Packing
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.model.sections import ADAPTER
from pitchpipe_stages.render.sections import COLLATOR, MODEL
from pitchpipe_tools.doctor.machine import Table

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def isolation(recipe: Recipe, console: RichConsole) -> Table:
    """What the collator of a recipe proves of its model."""
    if missing := recipe.missing():
        raise PitchpipeError("\n".join(missing))
    collator = recipe[COLLATOR]
    if recipe[MODEL] is None or collator is None:
        raise PitchpipeError("the recipe names no model, so there is nothing to prove: add a section 'model'")
    title, head = f"{recipe.path.name}: documents that share a row", ["", ""]
    collator_row = ["collator", collator.name]
    if not isinstance(collator.bound, Packing):
        return title, head, [collator_row, ["rows", "each holds one conversation: nothing to keep apart"]]
    with console.waiting("loading the model"):
        model = _model(recipe)
    with collator.bound.isolated(model) as facts:
        model_row = ["model", f"{_memory(model)}, on {next(model.parameters()).device}"]
        return title, head, [collator_row, model_row, *([name, text] for name, text in facts.items())]


def _model(recipe: Recipe) -> "PreTrainedModel":
    """The model as training gets it, on the device that it would take."""
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
