"""The token that a tokenizer puts before every text, and a chat template that writes it, or does not."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def bos_note(tokenizer: "PreTrainedTokenizerFast", text: str) -> str:
    """What a server may see at the beginning of a conversation's `text` that training does not.

    A template that writes the token once, for a tokenizer that adds it to plain text, is how it should be:
    servers encode what a chat template has written without adding to it.
    """
    bos = tokenizer.bos_token
    if bos and text.startswith(bos + bos):
        return (
            f"the chat template begins a conversation with {bos!r} twice. The model has seen one where a text"
            " begins: take the other out of the template."
        )
    first = _added_first(tokenizer)
    if first and not text.startswith(first):
        return (
            f"the tokenizer begins every text with {first!r}, and the chat template writes none: it lacks"
            " what the model has always seen first, and a server that encodes the chat as plain text adds it."
            " Let the template begin with it: `begin: {bos}`."
        )
    return ""


def text_ids(tokenizer: "PreTrainedTokenizerFast", text: str) -> list[int]:
    """The ids of a text, with the token that the tokenizer begins every text with, once."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    first = _added_first(tokenizer)
    begin: list[int] = tokenizer.convert_tokens_to_ids([first]) if first else []  # type: ignore[assignment]
    return ids if ids[:1] == begin else [*begin, *ids]


def _added_first(tokenizer: "PreTrainedTokenizerFast") -> str:
    """The token that a tokenizer puts before plain text; empty where it puts none."""
    plain, whole = (tokenizer("a", add_special_tokens=more)["input_ids"] for more in (False, True))
    added = whole[: len(whole) - len(plain)] if whole[-len(plain) :] == plain else whole[:1]
    return str(tokenizer.convert_ids_to_tokens(added[0])) if added and added != plain[:1] else ""
