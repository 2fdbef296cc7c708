"""Tokens that a template needs and a tokenizer lacks are added to the tokenizer."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

PADS = ("<|pad|>", "<pad>", "[PAD]", "<|finetune_right_pad_id|>", "<|endoftext|>", "<unk>")


def add_missing(tokenizer: "PreTrainedTokenizerFast", tokens: Iterable[str]) -> list[str]:
    """Control tokens that were not there, in the order in which they were added."""
    missing = [token for token in dict.fromkeys(tokens) if token and not _knows(tokenizer, token)]
    if missing:
        tokenizer.add_tokens(missing, special_tokens=True)
    return missing


def add_padding(tokenizer: "PreTrainedTokenizerFast", stop: str) -> list[str]:
    """Settle on a padding token, which must never be the one that ends a reply; it may have to be added."""
    fit = (name for name in (tokenizer.pad_token, *PADS) if name and name != stop and _knows(tokenizer, name))
    pad = next(fit, None)
    added = [] if pad else add_missing(tokenizer, ["<|pad|>"])
    tokenizer.pad_token = pad or added[0]
    return added


def _knows(tokenizer: "PreTrainedTokenizerFast", token: str) -> bool:
    return tokenizer.backend_tokenizer.token_to_id(token) is not None
