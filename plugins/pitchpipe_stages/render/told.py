"""What a person should know of a template and a tokenizer before training."""

from contextlib import suppress
from typing import TYPE_CHECKING

from pitchpipe.errors import Quarantine
from pitchpipe_stages.render.beginning import bos_note
from pitchpipe_stages.render.own_template import how_they_differ
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writing import PLAIN_TALK, ChatTemplates, one_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def told(renderer: Renderer, tokenizer: "PreTrainedTokenizerFast", models_own: ChatTemplates) -> list[str]:
    """Notes on the day, on bos, and on the model's own chat template."""
    notes, saved, own = renderer.template.notes(), one_of(renderer.chat_template), one_of(models_own)
    with suppress(Quarantine):  # some want a system message or tools
        notes.append(bos_note(tokenizer, renderer.text(renderer.pieces(PLAIN_TALK)).whole))
    if saved and own and not saved.endswith(own):
        notes.append(how_they_differ(tokenizer, saved, own))
    return [note for note in notes if note]
