"""A model that was tuned before, which a recipe names to score it beside the base: `tuned: {model: PLACE}`.

The place is a run's folder, a model's, an adapter's, or a name on the hub. A run's model is asked as its run
asks it; any other with the template of the recipe.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.keys import KeyParts, digest_files
from pitchpipe_stages.evaluate.sections import TUNED_MODEL
from pitchpipe_stages.generate.adapter_folder import AdapterFolder
from pitchpipe_stages.generate.places import recipe_like, recipe_of, run_of
from pitchpipe_stages.model.load import RecipeModel, model_parts
from pitchpipe_stages.render.rendering import Rendering

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class GivenModel:
    """The model at a place, and the recipe that asks for it."""

    place: str
    asking: Recipe

    @classmethod
    def of(cls, recipe: Recipe) -> "GivenModel | None":
        """The one that a recipe names. A path is seen from the recipe's folder."""
        said = recipe[TUNED_MODEL].model
        if said is None:
            return None
        path = recipe.folder / Path(said).expanduser()
        return cls(str(path) if path.exists() else said, recipe)

    @cached_property
    def run(self) -> Path | None:
        """The run that has tuned it."""
        return run_of(Path(self.place), speaks=False)

    @cached_property
    def adapter(self) -> AdapterFolder | None:
        return None if self.run else AdapterFolder.at(Path(self.place))

    @cached_property
    def recipe(self) -> Recipe:
        """What loads it, and writes its prompts."""
        if self.run:
            return recipe_of(self.run)
        return recipe_like(self.asking, self.adapter.base if self.adapter else {}, self.place)

    @cached_property
    def rendering(self) -> Rendering:
        return Rendering(self.recipe, self.adapter.tokenizer if self.adapter else None)

    @property
    def serves(self) -> Path | None:
        """The folder whose tokenizer a server loads, if it is its own."""
        if self.adapter:
            return self.adapter.tokenizer
        folder = self.run / "model" if self.run else Path(self.place)
        return folder if folder.is_dir() else None

    def load(self, loader: RecipeModel) -> "PreTrainedModel":
        if self.adapter:
            return self.adapter.model(loader)
        return loader.tuned(self.run / "model") if self.run else loader.base()

    def parts(self) -> KeyParts:
        """What decides its answers."""
        parts = {f"the tuned model: {name}": part for name, part in model_parts(self.recipe).items()}
        folder = self.run / "model" if self.run else self.adapter and self.adapter.path
        if folder:
            files = sorted(file for file in folder.iterdir() if file.is_file())
            parts["the tuned model's files"] = digest_files(*files)
        return parts
