"""Tokens are counted by the tokenizer that the recipe names."""

import pytest

import pitchpipe as pp
from pitchpipe_components.filters import tokens
from tests.components.filters.talks import dropped, score, talk
from tests.tokenizers import bytes_alone


def test_tokens_are_counted_by_the_tokenizer_named(tmp_path):
    bytes_alone().backend_tokenizer.save(str(tmp_path / "tokenizer.json"))
    chat = talk("héllo", "abc")
    for place in (tmp_path, tmp_path / "tokenizer.json"):
        verdict = tokens(chat, tokenizer=place, max_reply_tokens=2)
        assert (score(verdict, "prompt_tokens"), score(verdict, "conversation_tokens")) == (6, 9)
        assert dropped(verdict) == pp.Drop("reply tokens too high", 3, 2)
    assert dropped(tokens(chat, tokenizer=tmp_path, min_prompt_tokens=7)) == pp.Drop(
        "prompt tokens too low", 6, 7
    )


def test_tokens_of_context_and_reasoning_count(tmp_path):
    chat = pp.Conversation(
        (pp.Message("user", "a", context="bc"), pp.Message("assistant", "d", reasoning="efg"))
    )
    bytes_alone().backend_tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert score(tokens(chat, tokenizer=tmp_path), "conversation_tokens") == 7


def test_a_tokenizer_that_is_not_there_says_how_to_make_one(tmp_path):
    with pytest.raises(pp.PitchpipeError, match="save_pretrained"):
        tokens(talk("a", "b"), tokenizer=tmp_path)
    with pytest.raises(pp.PitchpipeError, match="either"):
        tokens(talk("a", "b"))
