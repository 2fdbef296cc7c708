"""Tokens that a template needs and a tokenizer lacks are added to the tokenizer."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pitchpipe.errors import PitchpipeError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

PADS = ("<|pad|>", "<pad>", "[PAD]", "<|finetune_right_pad_id|>", "<|endoftext|>", "<unk>")
NEW_PADS = ("<|pad|>", "<|padding|>")  # the first that is new is added


def add_missing(tokenizer: "PreTrainedTokenizerFast", tokens: Iterable[str]) -> list[str]:
    """Control tokens that were not there, in the order in which they were added."""
    missing = [token for token in dict.fromkeys(tokens) if token and not _knows(tokenizer, token)]
    if missing:
        tokenizer.add_tokens(missing, special_tokens=True)
    return missing


def add_padding(tokenizer: "PreTrainedTokenizerFast", *stops: str) -> list[str]:
    """Settle on a padding token, which must never be one that ends a reply; it may have to be added."""
    names = (name for name in (tokenizer.pad_token, *PADS) if name and name not in stops)
    fit = (name for name in names if _knows(tokenizer, name))
    pad = next(fit, None)
    new = (name for name in NEW_PADS if not _knows(tokenizer, name))
    added = [] if pad else add_missing(tokenizer, [next(new)])
    tokenizer.pad_token = pad or added[0]
    return added


def prove_padding(tokenizer: "PreTrainedTokenizerFast", asked: str | None) -> None:
    """Stop where a recipe asks for a padding token that the template does not allow."""
    if asked and asked != tokenizer.pad_token:
        raise PitchpipeError(
            f"model: pad_token {asked!r} ends the replies of this template, and what pads must never end one:"
            " the model would not learn where to stop.\n"
            f"Leave out pad_token, and {tokenizer.pad_token!r} pads; or name a token that no text uses."
        )


def _knows(tokenizer: "PreTrainedTokenizerFast", token: str) -> bool:
    return tokenizer.backend_tokenizer.token_to_id(token) is not None


def all_special(core: str, control: Iterable[str]) -> str:
    """A tokenizer whose control tokens are all special: some are added tokens like any word.

    It ends texts with nothing of its own, and says of each token, spaces too, where it stands: some
    post-processors take a space out of its own token's place, and then it would not be learned.
    """
    tokenizer, names = json.loads(core), set(control)
    tokenizer["post_processor"] = None
    for token in tokenizer["added_tokens"]:
        token["special"] |= token["content"] in names
    return json.dumps(tokenizer)
