"""The proof, on the model of a recipe that does not train, that conversations of a row do not meet."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import Packing
from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.console import RichConsole
from pitchpipe_stages.render.sections import COLLATOR, MODEL
from pitchpipe_stages.train.neighbours import check, maker, shares_rows
from pitchpipe_tools.doctor.machine import Facts

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PAD = 0  # any token that is no document's


def isolation(recipe: Recipe, console: RichConsole) -> Facts:
    """The facts that a recipe's collator proves on the recipe's model."""
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
    with ExitStack() as stack:
        if isinstance(collator.bound, Packing):
            proven = stack.enter_context(collator.bound.isolated(model))
            facts.rows += [[name, text] for name, text in proven.items()]
        if measured := check(model, collator.bound, PAD):
            facts.rows += [[name, text] for name, text in measured.facts().items()]
    return facts


def _model(recipe: Recipe) -> "PreTrainedModel":
    """The model, on the device of training, with rows for the tokens of the recipe's template."""
    import torch

    from pitchpipe_stages.model.load import RecipeModel
    from pitchpipe_stages.render.rendering import Rendering

    use, rendering = recipe[MODEL], Rendering.of(recipe)
    assert use
    model: Any = RecipeModel(recipe, rendering).base() if rendering else use.bound.weights()
    if torch.cuda.is_available() and not getattr(model, "is_quantized", False):
        model.to("cuda")
    return model
