"""Where a render begins, where it is cut, and which merges it refuses."""

import pytest

import pitchpipe as pp
from pitchpipe_components.templates.alpaca import ALPACA, ALPACA_SHORT
from pitchpipe_components.templates.chatml import CHATML
from pitchpipe_components.templates.llama3 import LLAMA3
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.tokenizers import byte_pairs, bytes_alone


def test_bos_is_written_once_and_only_where_the_tokenizer_begins_with_it():
    talk = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")))
    with_bos, without = byte_pairs(), bytes_alone()
    for template in (ALPACA, CHATML, LLAMA3):
        ids = Renderer(writer_of(template), with_bos).example(talk).ids
        assert ids[0] == with_bos.bos_token_id and ids.count(with_bos.bos_token_id) == 1
    assert Renderer(writer_of(CHATML), without).example(talk).ids[0] == without.convert_tokens_to_ids(
        "<|im_start|>"
    )


def test_the_prompt_is_the_same_render_cut_before_the_last_reply():
    talk = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")) * 2)
    renderer = Renderer(writer_of(CHATML), bytes_alone())
    ids, expected = renderer.prompt(talk, talk.last_reply())
    assert expected == "Hello"
    assert renderer.example(talk).ids[: len(ids)] == ids
    assert bytes_alone().decode(ids).endswith("<|im_start|>assistant\n")


def test_a_merge_across_the_seam_is_refused_not_learned():
    talk = pp.Conversation((pp.Message("user", "Say it."), pp.Message("assistant", "\n\nIt.")))
    with pytest.raises(pp.Quarantine, match="learned tokens would say other words"):
        Renderer(writer_of(ALPACA_SHORT), byte_pairs()).example(talk)
