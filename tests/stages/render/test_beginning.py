"""A token at the beginning of every text, which training and servers must both have, once."""

import pytest

from pitchpipe_stages.render.beginning import bos_note
from tests.chat_tokenizers import kinds
from tests.tokenizers import byte_pairs, bytes_alone

ADDS = ["byte pairs", "sentence pieces, first", "sentence pieces, never", "sentence pieces, legacy"]


@pytest.mark.parametrize("kind", ADDS)
def test_a_template_without_the_token_that_the_tokenizer_adds(kind):
    tokenizer = kinds()[kind]
    note = bos_note(tokenizer, "user: Hi")
    assert f"begins every text with {tokenizer.bos_token!r}" in note and "begin: {bos}" in note
    assert bos_note(tokenizer, f"{tokenizer.bos_token}user: Hi") == ""


def test_the_token_twice():
    tokenizer = byte_pairs()
    bos = tokenizer.bos_token
    assert f"{bos!r} twice" in bos_note(tokenizer, f"{bos}{bos}Hi")
    assert bos_note(tokenizer, f"{bos}Hi {bos}") == ""


def test_a_tokenizer_that_adds_nothing():
    assert bos_note(bytes_alone(), "Hi") == ""
    assert bos_note(kinds()["bytes"], "Hi") == ""
    tokenizer = bytes_alone()
    tokenizer.bos_token = "<|begin_of_text|>"  # a template may write what plain text has not
    assert bos_note(tokenizer, "<|begin_of_text|>Hi") == bos_note(tokenizer, "Hi") == ""


def test_a_token_at_the_end_is_not_one_at_the_beginning():
    from tokenizers import processors

    tokenizer = bytes_alone()
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <|end|>", pair="$A $B <|end|>", special_tokens=[("<|end|>", 0)]
    )
    assert bos_note(tokenizer, "Hi") == ""
