"""What a server sees: the saved tokenizer's chat template gives the ids of training, whatever is said."""

import json
from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe.records.example import IGNORED
from pitchpipe_components.templates import DATA
from pitchpipe_components.templates.own import OfTokenizer
from pitchpipe_stages.render.messages import Serving, as_served
from pitchpipe_stages.render.parity import prove_served
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.chat_tokenizers import control, kinds

WORDS = [
    "Hi",
    "there",
    "é",
    "日本",
    "👩‍🚀",
    "'",
    '"',
    "\\",
    "{{ x }}",
    "{% x %}",
    "###",
    "1.",
    "\t",
    "<b>",
    "[a]",
]
SEAMS = ["", "", "", " ", "\n", "\n\n", "  "]
# A tokenizer that puts a space after each control token cannot write a reply straight after one.
CANNOT = {("sentence pieces, legacy", name) for name in ("llama2", "mistral", "phi4")}
MORE = ("sentence pieces, first", "sentence pieces, legacy")  # like a kind before them, but for spaces
FITTING = [
    pytest.param(kind, name, marks=pytest.mark.slow if kind in MORE else ())
    for kind in kinds()
    for name in DATA
    if (kind, name) not in CANNOT
]
CALLING = [name for name, template in DATA.items() if template.calls]


def words(random: Random) -> str:
    inner = " ".join(random.choices(WORDS, k=random.randint(1, 6)))
    return random.choice(SEAMS) + inner + random.choice(SEAMS)


def talk(random: Random, name: str) -> pp.Conversation:
    messages = [pp.Message("system", words(random))] if random.random() < 0.4 else []
    for _ in range(random.randint(1, 4)):
        context = words(random) if random.random() < 0.2 else ""
        messages.append(pp.Message("user", words(random), context=context))
        thought = words(random) if DATA[name].think and random.random() < 0.3 else ""
        if name in CALLING and random.random() < 0.3:
            messages += calling(random)
        messages.append(pp.Message("assistant", words(random), reasoning=thought))
    called = any(message.tool_calls for message in messages)
    return pp.Conversation(tuple(messages), tools=(tool(random),) if called else ())


def calling(random: Random) -> list[pp.Message]:
    arguments = {words(random): words(random), "n": random.choice([1, 2.5, None, True, [words(random)]])}
    arguments = json.dumps(arguments) if random.random() < 0.5 else arguments
    call = {"id": "abcdefghi", "type": "function", "function": {"name": "look", "arguments": arguments}}
    result = pp.Message("tool", words(random), name="look", tool_call_id="abcdefghi")
    return [pp.Message("assistant", "", tool_calls=(call,)), result]


def tool(random: Random) -> dict:
    function = {
        "name": "look",
        "description": words(random),
        "parameters": {"type": "object", words(random): 1},
    }
    return {"type": "function", "function": function}


def served(tokenizer, conversation, **more):
    messages = as_served(conversation.messages, Serving(context_apart=True))
    tools = list(conversation.tools) or None
    return tokenizer.apply_chat_template(messages, tools=tools, return_dict=True, **more)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A tokenizer as a run saves it, with its chat template, read from disk again."""
    from transformers import AutoTokenizer

    def load(kind, source):
        folder = tmp_path_factory.mktemp("model")
        tokenizer = kinds()[kind]
        tokenizer.chat_template = source
        tokenizer.save_pretrained(folder)
        tokenizer.chat_template = None
        return AutoTokenizer.from_pretrained(folder)

    return load


@pytest.mark.parametrize(("kind", "name"), FITTING)
def test_thousands_of_conversations_have_the_ids_that_a_server_gives(kind, name, saved):
    renderer, random, proven = Renderer(writer_of(DATA[name]), kinds()[kind]), Random(f"{kind} {name}"), 0
    tokenizer = saved(kind, renderer.chat_template)
    for _ in range(250):
        conversation = talk(random, name)
        try:
            parts = renderer.examples(conversation)
        except pp.Quarantine as reason:
            # What a merge across a seam cannot prove, and bytes that are no letters, are refused; so is
            # a row whose only reply is white space, where the template trims.
            assert "would say other words" in str(reason) or "no reply" in str(reason)
            continue
        for part in parts:
            assert part.example.ids == served(tokenizer, part.conversation)["input_ids"]
            prove_served(renderer, tokenizer, part)
        proven += 1
    assert proven > (240 if kind == "bytes" else 100)


@pytest.mark.parametrize(("kind", "name"), sorted(CANNOT))
def test_a_tokenizer_that_would_add_a_space_to_every_reply_is_found_out(kind, name):
    hello = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")))
    with pytest.raises(pp.Quarantine, match="learned tokens would say other words"):
        Renderer(writer_of(DATA[name]), kinds()[kind]).example(hello)


@pytest.mark.parametrize("kind", ["bytes", "byte pairs", "sentence pieces, never"])
@pytest.mark.parametrize("name", DATA)
def test_masks_are_those_of_transformers(kind, name):
    tokenizer, random, seen = kinds()[kind], Random(name), 0
    renderer = Renderer(writer_of(DATA[name]), tokenizer)
    source = writer_of(DATA[name]).jinja(renderer.bos, renderer.eos, markers=True)
    for _ in range(40):
        conversation = talk(random, name)
        # A reply that has lost its reasoning is not learned here, and Transformers knows no such rule.
        if any(m.reasoning for m in conversation.messages[:-1]):
            continue
        try:
            labels = renderer.example(conversation).labels
        except pp.Quarantine:
            continue
        masks = served(tokenizer, conversation, chat_template=source, return_assistant_tokens_mask=True)
        assert [int(label != IGNORED) for label in labels] == masks["assistant_masks"]
        seen += 1
    assert seen > 10


@pytest.mark.parametrize("kind", ["bytes", "byte pairs", "sentence pieces, never"])
@pytest.mark.parametrize("name", DATA)
def test_the_models_own_chat_template_is_taken_apart_as_its_template_put_it_together(kind, name, saved):
    ours, random = Renderer(writer_of(DATA[name]), kinds()[kind]), Random(name)
    tokenizer = saved(kind, ours.chat_template)
    theirs = Renderer(writer_of(OfTokenizer()), tokenizer)
    assert (theirs.stop, theirs.chat_template) == (ours.stop, ours.chat_template)
    for _ in range(30):
        conversation = talk(random, name)
        messages = tuple(pp.replace(message, context="") for message in conversation.messages)
        conversation = pp.replace(conversation, messages=messages)
        try:
            expected = ours.example(conversation)
        except pp.Quarantine:
            continue
        assert theirs.example(conversation) == expected


# --- Properties ----------------------------------------------------------------------------------

anything = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            [*control(), "{bos}", "{eos}", "\n", "\n\n", " ", "\t", "é", "👩‍🚀", "USER: ", "[INST] "]
        ),
    ),
    max_size=5,
).map("".join)
anyone = st.builds(
    pp.Message,
    st.sampled_from(["user", "assistant"]),
    anything,
    learn=st.sampled_from([None, None, True, False]),
)
anytalk = st.builds(lambda system, rest: pp.Conversation((*system, pp.Message("user", "Hi"), *rest)),
    st.lists(st.builds(pp.Message, st.just("system"), anything), max_size=1), st.lists(anyone, max_size=5))  # fmt: skip
hostile = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", DATA)
@hostile
@given(conversation=anytalk)
def test_pieces_are_the_render_and_what_is_learned_says_the_replies(name, conversation):
    template, tokenizer = DATA[name], kinds()["bytes"]
    renderer = Renderer(writer_of(template), tokenizer)
    pieces = renderer.pieces(conversation)
    learned = [m for m in conversation.messages if (m.role == "assistant" if m.learn is None else m.learn)]
    try:
        example = renderer.example(conversation)
    except pp.Quarantine as reason:
        words = [m.content.strip() if template.trim else m.content for m in learned]
        assert "no reply" in str(reason) and not any(words)
        return
    assert tokenizer.decode(example.ids) == "".join(piece.text for piece in pieces)
    learned_text = tokenizer.decode([label for label in example.labels if label != IGNORED])
    assert learned_text == "".join(piece.text for piece in pieces if piece.learn)
    ended = renderer._own(template.assistant[1].partition(template.stop)[0]) + renderer.stop
    expected = ""
    for message in learned:
        words = message.content.strip() if template.trim else message.content
        expected += template.lead + words + ended if message.role == "assistant" else words
    assert learned_text == expected


@pytest.mark.parametrize("name", DATA)
@hostile
@given(conversation=anytalk)
def test_the_data_writes_no_control_token(name, conversation):
    renderer, tokenizer = Renderer(writer_of(DATA[name]), kinds()["byte pairs"]), kinds()["byte pairs"]
    ids = {tokenizer.convert_tokens_to_ids(token) for token in [*control(), tokenizer.bos_token]}
    silent = pp.replace(
        conversation, messages=tuple(pp.replace(m, content="0", learn=True) for m in conversation.messages)
    )
    try:
        found = renderer.example(conversation).ids
    except pp.Quarantine:
        return
    meant = Counter(index for index in renderer.example(silent).ids if index in ids)
    # There may be fewer: an empty reply is not learned, and one that a token joins to others stands alone.
    assert Counter(index for index in found if index in ids) <= meant
