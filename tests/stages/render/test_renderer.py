"""Where a render begins, where it is cut, and which merges it refuses."""

import pytest

import pitchpipe as pp
from pitchpipe.render import Renderer
from pitchpipe_plugins.templates.alpaca import ALPACA, ALPACA_SHORT
from pitchpipe_plugins.templates.chatml import CHATML
from pitchpipe_plugins.templates.llama3 import LLAMA3
from tests.tokenizers import byte_pairs, bytes_alone


def test_bos_is_written_once_and_only_where_the_tokenizer_begins_with_it():
    talk = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")))
    with_bos, without = byte_pairs(), bytes_alone()
    for template in (ALPACA, CHATML, LLAMA3):
        ids = Renderer(template, with_bos).example(talk).ids
        assert ids[0] == with_bos.bos_token_id and ids.count(with_bos.bos_token_id) == 1
    assert Renderer(CHATML, without).example(talk).ids[0] == without.convert_tokens_to_ids("<|im_start|>")


def test_the_prompt_is_the_same_render_cut_before_the_last_reply():
    talk = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")) * 2)
    renderer = Renderer(CHATML, bytes_alone())
    ids, expected = renderer.prompt(talk, talk.last_reply())
    assert expected == "Hello"
    assert renderer.example(talk).ids[: len(ids)] == ids
    assert bytes_alone().decode(ids).endswith("<|im_start|>assistant\n")


def test_a_merge_across_the_seam_is_refused_not_learned():
    talk = pp.Conversation((pp.Message("user", "Say it."), pp.Message("assistant", "\n\nIt.")))
    with pytest.raises(pp.Quarantine, match="learned tokens would say other words"):
        Renderer(ALPACA_SHORT, byte_pairs()).example(talk)
