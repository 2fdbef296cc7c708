"""Loads the model of a recipe: the base, the one to train, or the tuned one."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.protocols import Paced
from pitchpipe.recipe.recipe import Recipe
from pitchpipe.run.keys import KeyParts, parts_of
from pitchpipe_stages.model.before import Before
from pitchpipe_stages.model.can_train import must_be_trainable, must_learn
from pitchpipe_stages.model.embeddings import grow, new_ids
from pitchpipe_stages.model.ends import template_ends
from pitchpipe_stages.model.scorer import learns_to_score, saved_scorer, scorer
from pitchpipe_stages.model.sections import ADAPTER
from pitchpipe_stages.model.untrained import untrained
from pitchpipe_stages.prepare.on_hub import commits
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rendering import Rendering
from pitchpipe_stages.render.sections import COLLATOR, MODEL, TEMPLATE
from pitchpipe_stages.render.vocabulary import prove_padding

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@runtime_checkable
class Merges(Protocol):
    """An adapter that can become part of its base. `merges` says whether a run saves it so; `merged` takes
    the base with the adapter on it, and gives the whole model."""

    def merges(self, model: "PreTrainedModel", /) -> bool: ...
    def merged(self, model: "PreTrainedModel", /) -> "PreTrainedModel": ...


@runtime_checkable
class Notes(Protocol):
    """An adapter that says what a user may not expect of it on a model that it has wrapped."""

    def notes(self, model: "PreTrainedModel", /) -> list[str]: ...


class RecipeModel:
    """The model of a recipe, with rows for the tokens that its template added."""

    def __init__(self, recipe: Recipe, rendering: Rendering):
        model = recipe[MODEL]
        assert model
        self.model, self.adapter = model.bound, recipe[ADAPTER]
        self.new_tokens = new_ids(rendering.tokenizer, rendering.renderer.added)
        if self.adapter:
            written = [t for t in self.new_tokens if t != rendering.tokenizer.pad_token_id]
            must_learn(self.adapter, written, rendering.tokenizer)
        self.tokenizer = rendering.tokenizer
        prove_padding(rendering.tokenizer, model.options.get("pad_token"))
        self.revision = getattr(model.bound, "commit", None)
        self.control = _control(rendering.renderer)
        self.scores = learns_to_score(recipe)
        self.unread: list[int] = []  # tokens of the template that the base has never read
        self._before: Before | None = None

    def base(self) -> "PreTrainedModel":
        model = self.model.weights()
        self._before = Before.of(model)
        return grow(model, self.new_tokens)

    def scorer(self) -> "PreTrainedModel":
        """The base with a head that scores replies."""
        made: PreTrainedModel = scorer(self.base(), self.tokenizer.pad_token_id)
        return made

    @property
    def before(self) -> Before:
        """What the base was when it was loaded."""
        assert self._before
        return self._before

    def to_train(self) -> "PreTrainedModel":
        """The base model, wrapped by the recipe's adapter, which learns rows that the base has not."""
        model = self.scorer() if self.scores else self.base()
        if not self.adapter:
            must_be_trainable(model)
            return model
        self.merges(model)  # it may say that it cannot, before anything is learned
        self.unread = untrained(model, [t for t in self.control if t not in self.new_tokens])
        must_learn(self.adapter, self.unread, self.tokenizer)
        adapted = self.adapter.bound(model, [*self.new_tokens, *self.unread])
        for settings in getattr(adapted, "peft_config", {}).values():
            settings.revision = self.revision  # else PEFT puts the adapter on the newest base
        return adapted

    def notes(self, model: "PreTrainedModel") -> list[str]:
        """What a user may not expect of the adapter."""
        adapter = self.adapter.bound if self.adapter else None
        return adapter.notes(model) if isinstance(adapter, Notes) else []

    def rates(self, model: "PreTrainedModel") -> dict[str, float]:
        """Factors of the learning rate, of weights by name."""
        adapter = self.adapter.bound if self.adapter else None
        return adapter.rates(model) if isinstance(adapter, Paced) else {}

    def tuned(self, folder: Path) -> "PreTrainedModel":
        """The model that training saved: all weights of its own, or an adapter on the base."""
        if self.adapter and not is_whole(folder):
            base = self.scorer() if saved_scorer(folder) else self.base()
            return self.adapter.bound.load(base, folder)
        return self.model.weights(folder)

    def merges(self, model: "PreTrainedModel") -> bool:
        """Whether the whole model is saved in the place of its adapter."""
        adapter = self.adapter.bound if self.adapter else None
        if self.scores:
            if getattr(adapter, "save", None) == "merged":
                raise PitchpipeError("a reward model's adapter stays one: take `save: merged` out")
            return False
        return isinstance(adapter, Merges) and adapter.merges(model)


def is_whole(folder: Path) -> bool:
    """Whether a folder holds all weights: an adapter has no config of a model."""
    return (folder / "config.json").exists()


def _control(renderer: Renderer) -> list[int]:
    """The ids of the template's control tokens."""
    tokens = dict.fromkeys((*template_ends(renderer), *renderer.template.tokens))
    return [renderer.control[token] for token in tokens if token in renderer.control]


def model_parts(recipe: Recipe) -> KeyParts:
    """What decides the base model, and how it is asked."""
    parts: KeyParts = {}
    for use in (recipe[MODEL], recipe[TEMPLATE], recipe[COLLATOR]):
        parts |= parts_of(use, recipe) if use else {}
    if model := recipe[MODEL]:
        parts |= {f"the model's {name}": value for name, value in model.bound.inputs().items()}
        parts |= commits([model])
    return parts
