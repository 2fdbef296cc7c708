"""Tokens that were added to a tokenizer get rows in the model's embeddings."""

from typing import TYPE_CHECKING

from pitchpipe_stages.model.before import rows_of

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


def new_ids(tokenizer: "PreTrainedTokenizerFast", added: list[str]) -> list[int]:
    """The ids of added tokens."""
    vocabulary = tokenizer.get_vocab()
    return [vocabulary[token] for token in added]


def grow(model: "PreTrainedModel", new: list[int]) -> "PreTrainedModel":
    """Gives the model a row for each new id: the mean of all rows that it has learned.

    So a new token takes little from what is likely, whatever the text.
    """
    import torch

    if not new:
        return model
    if max(new) >= rows_of(model):
        model.resize_token_embeddings(max(new) + 1, mean_resizing=False)
    with torch.no_grad():
        for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
            if layer is not None:
                _fill(layer, new)
    return model


def _fill(layer: "nn.Module", new: list[int]) -> None:
    for name, values in layer.named_parameters(recurse=False):
        if name in ("weight", "bias"):
            values[new] = values[: min(new)].float().mean(0).to(values.dtype)
