"""The tokenizer as those see it who load the saved model: with its chat template, and its own end."""

import copy
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pitchpipe.records.conversation import Json
from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def served(
    tokenizer: "PreTrainedTokenizerFast", renderer: Renderer, defaults: Json, folder: Path | None
) -> "PreTrainedTokenizerFast":
    """That of the tuned model's folder; of a base, its own with the chat template of the recipe."""
    if folder:
        from transformers import AutoTokenizer

        return cast("PreTrainedTokenizerFast", AutoTokenizer.from_pretrained(folder))
    own = copy.deepcopy(tokenizer)
    own.chat_template = renderer.saved(defaults) or own.chat_template
    return own
