"""A server sees the ids of training."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe_components.templates.alpaca import ALPACA, ALPACA_SHORT
from pitchpipe_components.templates.chatml import CHATML
from pitchpipe_components.templates.llama3 import LLAMA3
from pitchpipe_stages.render.parity import prove_served
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.tokenizers import byte_pairs, bytes_alone

TEMPLATES = {"alpaca": ALPACA, "alpaca_short": ALPACA_SHORT, "chatml": CHATML, "llama3": LLAMA3}
TOKENIZERS = {"bytes": bytes_alone(), "byte pairs": byte_pairs()}
plain_words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).filter(
    lambda text: "<|" not in text
)
plain_said = plain_words.filter(str.strip)
plain_talks = st.lists(
    st.tuples(
        st.builds(pp.Message, st.just("user"), plain_said, context=plain_words),
        st.builds(pp.Message, st.just("assistant"), plain_said),
    ),
    min_size=1,
    max_size=3,
).map(lambda pairs: pp.Conversation(tuple(message for pair in pairs for message in pair)))


@cache
def renderer_of(template, tokenizer):
    return Renderer(writer_of(TEMPLATES[template]), TOKENIZERS[tokenizer])


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("template", TEMPLATES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(conversation=plain_talks)
def test_a_server_sees_the_ids_of_training(template, tokenizer, conversation):
    renderer = renderer_of(template, tokenizer)
    try:
        parts = renderer.examples(conversation)
    except pp.Quarantine:
        return
    for part in parts:
        prove_served(renderer, TOKENIZERS[tokenizer], part)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("user\\n", "would not give the ids of training"),
        ("'user'", "the saved chat template fails: no place for"),
    ],
)
def test_a_chat_template_that_renders_something_else_stops(wrong, message):
    class Other:
        def __call__(self, conversation):
            return writer_of(CHATML)(conversation)

        stop, tokens = CHATML.stop, CHATML.tokens

        def jinja(self, bos, eos):
            return writer_of(CHATML).jinja(bos, eos).replace(wrong, "other")

    tokens = bytes_alone()
    talk = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")))
    renderer = Renderer(writer_of(Other()), tokens)
    with pytest.raises(pp.PitchpipeError, match=message):
        prove_served(renderer, tokens, renderer.examples(talk)[0])
