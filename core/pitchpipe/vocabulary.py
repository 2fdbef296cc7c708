"""Tokens that a template needs and a tokenizer lacks: they are added to it, and to the model's embeddings."""

from collections.abc import Iterable
from typing import Any

PADS = ("<|pad|>", "<pad>", "[PAD]", "<|finetune_right_pad_id|>", "<|endoftext|>", "<unk>")


def add_missing(tokenizer: Any, tokens: Iterable[str]) -> list[str]:
    """Control tokens that were not there, in the order in which they were added."""
    missing = [token for token in dict.fromkeys(tokens) if token and not _knows(tokenizer, token)]
    if missing:
        tokenizer.add_tokens(missing, special_tokens=True)
    return missing


def add_padding(tokenizer: Any, stop: str) -> list[str]:
    """Settle on a padding token, which must never be the one that ends a reply; it may have to be added."""
    fit = (name for name in (tokenizer.pad_token, *PADS) if name and name != stop and _knows(tokenizer, name))
    pad = next(fit, None)
    added = [] if pad else add_missing(tokenizer, ["<|pad|>"])
    tokenizer.pad_token = pad or added[0]
    return added


def _knows(tokenizer: Any, token: str) -> bool:
    return tokenizer.backend_tokenizer.token_to_id(token) is not None


def grow(model: Any, tokenizer: Any, added: list[str]) -> Any:
    """The model with a row for each added token. A new row is the mean of all that the model has learned:
    it takes little from what is likely, whatever was said (an adapter finds the rows in `new_tokens`)."""
    import torch

    model.new_tokens = new = tokenizer.convert_tokens_to_ids(added)
    if not new:
        return model
    if max(new) >= model.get_input_embeddings().weight.shape[0]:
        model.resize_token_embeddings(max(new) + 1, mean_resizing=False)
    with torch.no_grad():
        for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
            for values in (layer.weight, getattr(layer, "bias", None)) if layer is not None else ():
                if values is not None:
                    values[new] = values[: min(new)].float().mean(0).to(values.dtype)
    return model
