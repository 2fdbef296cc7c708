"""Whether a collator suits the model: an encoder-decoder model reads a prompt and a reply apart."""

from pitchpipe.errors import PitchpipeError
from pitchpipe.recipe.recipe import Use


def parts_prompts(collator: Use | None) -> bool:
    """Whether a collator is for encoder-decoder models: it says `encoder_decoder = True`."""
    return collator is not None and bool(getattr(collator.bound, "encoder_decoder", False))


def must_suit(encoder_decoder: bool, collator: Use) -> None:
    """Stop where a collator joins what the model reads apart, or the other way round."""
    parts = parts_prompts(collator)
    if encoder_decoder and not parts:
        raise PitchpipeError(
            "the model has an encoder, which reads prompts, and a decoder, which writes replies; the collator"
            f" {collator.name} puts both into one row. Write `collator: seq2seq`, and for the template the"
            " model's own, or `template: seq2seq`."
        )
    if parts and not encoder_decoder:
        raise PitchpipeError(
            f"the collator {collator.name} is for encoder-decoder models, such as T5, and this model has no"
            " encoder. Write `collator: padded` or `collator: packed`, and a template with headings, such as"
            " `template: chatml`."
        )
