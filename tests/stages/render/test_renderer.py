"""Where a render begins, where it is cut, and which merges it refuses."""

import pitchpipe as pp
from pitchpipe.records.example import IGNORED
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


def test_a_merge_across_the_seam_is_none_behind_a_servers_prompt():
    """A server's prompt ends with one line end; the reply begins with two of its own."""
    talk = pp.Conversation((pp.Message("user", "Say it."), pp.Message("assistant", "\n\nIt.")))
    tokenizer = byte_pairs()
    renderer = Renderer(writer_of(ALPACA_SHORT), tokenizer)
    example, (prompt, _) = renderer.example(talk), renderer.prompt(talk, 1)
    assert list(example.ids[: len(prompt)]) == prompt and set(example.labels[: len(prompt)]) == {IGNORED}
    assert tokenizer.decode(example.ids[len(prompt) :]).startswith("\n\nIt.")
    more = (*talk.messages, pp.Message("user", "Again."), pp.Message("assistant", "It."))
    parts = renderer.examples(pp.replace(talk, messages=more))
    assert [part.replies for part in parts] == [(1,), (3,)]  # the second prompt is encoded whole
