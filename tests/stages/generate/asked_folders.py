"""Folders with small models of many families, each with a tokenizer and a chat template, as anyone saves them."""

from tests.chat_templates import tokenizer_of
from tests.families import small


def saved(folder, family="llama", template="chatml"):
    """A folder with a model and its tokenizer."""
    tokenizer = tokenizer_of(template)
    small(family, rows=len(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
