"""The tokens that end a reply: those of the base model and those of the template together.

Loaders of a whole model read what was saved with it. Loaders of an adapter read the base's own list, whatever
lies beside the adapter.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


@dataclass(frozen=True)
class Ends:
    """Ids of tokens. `plain` are words of a text that the base's config calls ends; they end nothing here."""

    template: list[int]
    loaders: list[int]  # where whoever loads the base stops, if nothing else is said
    every: list[int]
    plain: list[int]

    @classmethod
    def of(cls, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerFast", renderer: Renderer) -> "Ends":
        """The ends of a model that is not trained yet: trainers change its settings."""
        template = [renderer.control[token] for token in template_ends(renderer)]
        loaders = _ids(model.generation_config.eos_token_id)
        named = {*loaders, *_ids(model.config.get_text_config().eos_token_id), *_ids(tokenizer.eos_token_id)}
        control = {*tokenizer.added_tokens_decoder, *tokenizer.all_special_ids}
        return cls(template, loaders, sorted({*template, *(named & control)}), sorted(named - control))

    @property
    def missed(self) -> list[int]:
        """Ends of the template where loaders of the base do not stop."""
        return [end for end in self.template if end not in self.loaders]


def template_ends(renderer: Renderer) -> tuple[str, ...]:
    """Every token that may end a reply of the template."""
    return renderer.stops


def _ids(value: int | list[int] | None) -> list[int]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
