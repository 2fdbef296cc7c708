"""Of a reply with marked parts only these are learned."""

import pytest

import pitchpipe as pp
from pitchpipe_components.templates import DATA
from pitchpipe_components.templates.own import OfTokenizer
from pitchpipe_stages.render.marking import trimmed
from pitchpipe_stages.render.parity import prove_served
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.components.templates.talks import PLAIN, change

PARTS = (("Let me see. ", False), ("It is", True), (" four", False), (".", True))
MARKED = pp.Conversation(
    (
        pp.Message("user", "2+2?"),
        pp.Message("assistant", "Let me see. It is four.", learn=PARTS),
        pp.Message("user", "So?"),
        pp.Message("assistant", "Four. Not five.", learn=(("Four.", True), (" Not five.", False))),
    )
)


@pytest.mark.parametrize("name", sorted(DATA))
def test_of_a_marked_reply_only_the_marked_parts_are_learned(name, tokenizer):
    """Its end is learned with the last part; a server's prompt is the same as ever."""
    template = DATA[name]
    plain = pp.Conversation(tuple(pp.replace(m, learn=None) for m in MARKED.messages))
    renderer = Renderer(writer_of(template), tokenizer)
    example, whole = renderer.example(MARKED), renderer.example(plain)
    assert example.ids == whole.ids
    learned = tokenizer.decode([token for token in example.labels if token >= 0])
    assert learned.replace(" ", "") == f"Itis.{renderer.stop}Four."


@pytest.mark.parametrize("way", ["trimmed", "plain"])
def test_a_chat_template_learns_marked_parts_too(way, tokenizer):
    words = "m.content | trim" if way == "trimmed" else "m.content"
    tokenizer.chat_template = PLAIN.replace("m.content", words)
    renderer = Renderer(writer_of(OfTokenizer()), tokenizer)
    example = renderer.example(MARKED)
    learned = tokenizer.decode([token for token in example.labels if token >= 0])
    assert learned == "It is.<|im_end|>Four."
    assert prove_served(renderer, tokenizer, renderer.examples(MARKED)[0])


def test_marks_that_no_longer_fit_the_words_are_refused(tokenizer):
    edited = change(1, content="Changed.", learn=PARTS)
    for template in (DATA["chatml"], DATA["plain"]):
        with pytest.raises(pp.Quarantine, match="its words were changed after parts of them were marked"):
            Renderer(writer_of(template), tokenizer).example(edited)


def test_white_space_at_the_ends_is_trimmed_across_parts():
    parts = (("  ", True), (" a ", False), ("b ", True), (" ", False))
    assert trimmed(parts) == (("", True), ("a ", False), ("b", True), ("", False))
