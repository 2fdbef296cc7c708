"""Text that comes token by token is the text of all tokens, and no part of it has a broken character."""

import random

import pytest

from pitchpipe_stages.generate.decoding import BROKEN, Decoder
from tests.chat_templates import tokenizer_of
from tests.chat_tokenizers import kinds
from tests.seq2seq import bart_tokenizer, t5_tokenizer

TEXTS = [
    "Hello  there.\nYou, and I'm you're .", "日本語 и Ω: 👩‍🚀🏳️‍🌈 é e\u0301", "a\n\n\tb  c ", "  begins with spaces", "don 't , stop !",
]  # fmt: skip


def tokenizers():
    return {**kinds(), "t5": t5_tokenizer(), "bart": bart_tokenizer()}


def streamed(tokenizer, ids):
    decoder = Decoder(tokenizer)
    parts = [decoder.add(token) for token in ids]
    return parts, decoder.finish()


@pytest.mark.parametrize("name", sorted(tokenizers()))
def test_the_parts_are_the_whole(name):
    tokenizer = tokenizers()[name]
    for text in TEXTS:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        parts, rest = streamed(tokenizer, ids)
        assert "".join(parts) + rest == tokenizer.decode(ids, skip_special_tokens=True), text
        assert BROKEN not in "".join(parts)
        assert len([part for part in parts if part]) > 3


@pytest.mark.parametrize("name", sorted(tokenizers()))
def test_whatever_a_model_writes(name):
    """Any tokens in any order: halves of characters, control tokens, white space; then it goes on with words."""
    tokenizer, chance = tokenizers()[name], random.Random(7)
    end = tokenizer("this is the end", add_special_tokens=False)["input_ids"]
    for _ in range(40):
        ids = [*(chance.randrange(len(tokenizer)) for _ in range(30)), *end]
        parts, rest = streamed(tokenizer, ids)
        said, whole = "".join(parts) + rest, tokenizer.decode(ids, skip_special_tokens=True)
        assert said.endswith("this is the end")
        assert said == whole or ("sentence" in name and BROKEN in whole)


def test_control_tokens_are_not_shown_and_marks_of_reasoning_are():
    tokenizer = tokenizer_of("seed")  # its marks are control tokens
    ids = tokenizer("<seed:think>Six.</seed:think>Yes.<seed:eos>", add_special_tokens=False)["input_ids"]
    parts, rest = streamed(tokenizer, ids)
    assert "".join(parts) + rest == "<seed:think>Six.</seed:think>Yes."
