"""Loads the model of a recipe: the base, the one to train, or the tuned one."""

from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.keys import KeyParts, parts_of
from pitchpipe_stages.model.embeddings import grow, new_ids
from pitchpipe_stages.model.sections import ADAPTER
from pitchpipe_stages.render.rendering import Rendering
from pitchpipe_stages.render.sections import COLLATOR, MODEL, TEMPLATE

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class RecipeModel:
    """The model of a recipe, with rows for the tokens that its template added."""

    def __init__(self, recipe: Recipe, rendering: Rendering):
        model = recipe[MODEL]
        assert model
        self.model, self.adapter = model.bound, recipe[ADAPTER]
        self.new_tokens = new_ids(rendering.tokenizer, rendering.renderer.added)

    def base(self) -> "PreTrainedModel":
        return grow(self.model.weights(), self.new_tokens)

    def to_train(self) -> "PreTrainedModel":
        """The base model, wrapped by the recipe's adapter."""
        return self.adapter.bound(self.base(), self.new_tokens) if self.adapter else self.base()

    def tuned(self, folder: Path) -> "PreTrainedModel":
        """The model that training saved: all weights of its own, or an adapter on the base."""
        return self.adapter.bound.load(self.base(), folder) if self.adapter else self.model.weights(folder)


def model_parts(recipe: Recipe) -> KeyParts:
    """What decides the base model, and how it is asked."""
    parts: KeyParts = {}
    for use in (recipe[MODEL], recipe[TEMPLATE], recipe[COLLATOR]):
        parts |= parts_of(use, recipe) if use else {}
    if model := recipe[MODEL]:
        parts |= {f"the model's {name}": value for name, value in model.bound.inputs().items()}
    return parts
