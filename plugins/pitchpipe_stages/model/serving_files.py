"""Saves what a server needs to speak as training did: the chat template, and the tokens that end a reply."""

from typing import TYPE_CHECKING

from pitchpipe.host.contracts import Training
from pitchpipe_stages.render.renderer import Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def save_for_serving(training: Training, renderer: Renderer) -> None:
    """Save tokenizer, chat template and generation config beside the trained weights."""
    tokenizer, settings = training.tokenizer, training.model.generation_config
    stop = tokenizer.convert_tokens_to_ids(renderer.stop)
    settings.eos_token_id = sorted({stop, tokenizer.eos_token_id} - {None})
    settings.pad_token_id = tokenizer.pad_token_id
    settings._from_model_config = False  # else Transformers would take these back from the model's config
    _set_chat_template(tokenizer, renderer)
    if tokenizer.chat_template is None:
        training.console.say(
            "[yellow]warning:[/] the template offers no `jinja`: the model is saved without a chat template"
        )
    tokenizer.save_pretrained(training.folder)
    settings.save_pretrained(training.folder)


def _set_chat_template(tokenizer: "PreTrainedTokenizerFast", renderer: Renderer) -> None:
    tokenizer.chat_template = renderer.chat_template
    if "eos_token" not in (tokenizer.chat_template or ""):  # one that writes it means the model's own
        tokenizer.eos_token = renderer.stop
