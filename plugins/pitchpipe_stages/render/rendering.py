"""The tokenizer of a recipe's model with the recipe's template fitted to it, loaded once."""

from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pitchpipe.recipe.recipe import Recipe
from pitchpipe_stages.learns import learns
from pitchpipe_stages.render.batched import BatchedRenderer
from pitchpipe_stages.render.each_reply import EachReply
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.sections import COLLATOR, MODEL, TEMPLATE
from pitchpipe_stages.render.suits import must_suit, parts_prompts
from pitchpipe_stages.render.teaching import Teaching, teaching_of
from pitchpipe_stages.render.told import told
from pitchpipe_stages.render.writing import ChatTemplates

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


class Rendering:
    """Tokenizer and renderers of a recipe that has a model and a template."""

    def __init__(self, recipe: Recipe, own_tokenizer: Path | None = None):
        self.recipe, self.own_tokenizer = recipe, own_tokenizer  # a folder, of an adapter that brings one
        self._models_own: ChatTemplates = None

    @classmethod
    def of(cls, recipe: Recipe) -> "Rendering | None":
        """The rendering of a recipe; nothing where the recipe makes no tokens."""
        return cls(recipe) if recipe[MODEL] and recipe[TEMPLATE] else None

    @cached_property
    def tokenizer(self) -> "PreTrainedTokenizerFast":
        model = self.recipe[MODEL]
        assert model
        if self.own_tokenizer:
            from transformers import AutoTokenizer

            return cast("PreTrainedTokenizerFast", AutoTokenizer.from_pretrained(self.own_tokenizer))
        return model.bound.tokenizer()

    @cached_property
    def renderer(self) -> Renderer:
        model, template, collator = (self.recipe[section] for section in (MODEL, TEMPLATE, COLLATOR))
        assert model and template
        encoder_decoder = getattr(model.bound, "encoder_decoder", None)  # a model may leave it to its weights
        if collator and encoder_decoder is not None:
            must_suit(encoder_decoder, collator)
        self._models_own = self.tokenizer.chat_template
        writer = EachReply(template.bound) if parts_prompts(collator) else template.bound
        return Renderer(writer, self.tokenizer)

    def notes(self) -> list[str]:
        """What a person should know before training."""
        return told(self.renderer, self.tokenizer, self._models_own)

    def digest(self) -> str:
        """Of all that decides ids: the tokenizer with its added and its control tokens, and the template."""
        renderer, total = self.renderer, blake2b(digest_size=8)
        for part in (renderer.core.to_str(), renderer.control, renderer.stop_ids, renderer.chat_template):
            total.update(repr(part).encode("utf-8", "surrogatepass"))
        return total.hexdigest()

    @cached_property
    def batched(self) -> BatchedRenderer:
        return BatchedRenderer(self.renderer)

    @cached_property
    def teaching(self) -> Teaching:
        """How conversations become examples of what the recipe's trainer learns."""
        collator = self.recipe[COLLATOR]
        return teaching_of(learns(self.recipe), self.batched, collator.bound if collator else None)
