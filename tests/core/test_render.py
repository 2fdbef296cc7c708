"""Ids and labels: what is learned is what was meant, and data never becomes a control token."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe.proofs import prove_served
from pitchpipe.render import IGNORED, Renderer
from pitchpipe_plugins.templates.alpaca import ALPACA, ALPACA_SHORT
from pitchpipe_plugins.templates.chatml import CHATML
from pitchpipe_plugins.templates.llama3 import LLAMA3
from tests.tokenizers import byte_pairs, bytes_alone

TEMPLATES = {"alpaca": ALPACA, "alpaca_short": ALPACA_SHORT, "chatml": CHATML, "llama3": LLAMA3}
TOKENIZERS = {"bytes": bytes_alone(), "byte pairs": byte_pairs()}
CONTROL = ["<|im_end|>", "<|im_start|>", "<|end|>", "<|eot_id|>", "<|begin_of_text|>", "{eos}", "{bos}"]

words = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from([*CONTROL, "\n", "\n\n", " ", "\t", "é", "👩‍🚀", "### Response:\n"]),
    ),
    max_size=5,
).map("".join)
said = words.filter(str.strip)
turn = st.tuples(
    st.builds(pp.Message, st.just("user"), said, context=words),
    st.builds(pp.Message, st.just("assistant"), said, learn=st.sampled_from([None, None, False])),
)
talks = st.tuples(
    st.lists(st.builds(pp.Message, st.just("system"), said), max_size=1),
    st.lists(turn, min_size=1, max_size=4),
).map(lambda talk: pp.Conversation((*talk[0], *(message for pair in talk[1] for message in pair))))


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("template", TEMPLATES)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(conversation=talks)
def test_learned_tokens_are_the_replies_and_their_end(template, tokenizer, conversation):
    tokens = TOKENIZERS[tokenizer]
    renderer = Renderer(TEMPLATES[template], tokens)
    replies = [m.content for m in conversation.messages if m.role == "assistant" and m.learn is not False]
    try:
        example = renderer.example(conversation)
    except pp.Quarantine as reason:
        # One byte a token has no merges across the seam, so nothing but the lack of a reply stands in its way.
        assert (
            "no reply to learn from" in str(reason)
            if not replies or tokenizer == "bytes"
            else "would say other words" in str(reason)
        )
        assert not (replies and tokenizer == "bytes")
        return
    replies = [reply.strip() if template == "llama3" else reply for reply in replies]
    learned = tokens.decode([label for label in example.labels if label != IGNORED])
    assert learned == "".join(reply + renderer.stop for reply in replies)
    assert all(label in (IGNORED, index) for index, label in zip(example.ids, example.labels, strict=True))


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(conversation=talks)
def test_words_from_the_data_never_become_control_tokens(tokenizer, conversation):
    tokens = TOKENIZERS[tokenizer]
    renderer = Renderer(CHATML, tokens)
    try:
        ids = renderer.example(conversation).ids
    except pp.Quarantine:
        return
    turns = len(conversation.messages)
    assert ids.count(tokens.convert_tokens_to_ids("<|im_start|>")) == turns
    assert ids.count(tokens.convert_tokens_to_ids("<|im_end|>")) == turns
    assert tokens.convert_tokens_to_ids("<|end|>") not in ids


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


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("template", TEMPLATES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(conversation=plain_talks)
def test_a_server_sees_the_ids_of_training(template, tokenizer, conversation):
    renderer = Renderer(TEMPLATES[template], TOKENIZERS[tokenizer])
    try:
        renderer.example(conversation)
    except pp.Quarantine:
        return
    prove_served(renderer, TOKENIZERS[tokenizer], conversation)


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
            return CHATML(conversation)

        stop, tokens = CHATML.stop, CHATML.tokens

        def jinja(self, bos, eos):
            return CHATML.jinja(bos, eos).replace(wrong, "other")

    tokens = bytes_alone()
    talk = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")))
    with pytest.raises(pp.PitchpipeError, match=message):
        prove_served(Renderer(Other(), tokens), tokens, talk)


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
