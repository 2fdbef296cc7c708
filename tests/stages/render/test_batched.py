"""Many conversations at once: the same ids, labels and refusals as one by one, whatever encodes."""

import random
import sys
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe.errors import Quarantine
from pitchpipe.host.host import Host
from pitchpipe_stages.render.batched import BatchedRenderer
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.tokenizers import LLAMA3_SPLIT, byte_pairs, bytes_alone

WORDS = [
    "hello",
    "",
    "world",
    "naïve café",
    "日本",
    "x=1;\n\n",
    "two",
    "👍🏽",
    "### Response:\n",
    "\u200b",
    "é",
    "a\n",
]
CONTROL = ["<|im_end|>", "<|eot_id|>", "</s>"]
TEMPLATES = ("chatml", "alpaca", "alpaca_short", "llama3", "vicuna", "zephyr")


def template(name):
    return Host.from_environment().find("template", name).call


def talks(count, seed=0):
    chance = random.Random(seed)

    def said():
        words = [*WORDS, *CONTROL] if chance.random() < 0.1 else WORDS
        return " ".join(chance.choices(words, k=chance.randint(0, 20)))

    def turns():
        return [
            pp.Message(role, said()) for _ in range(chance.randint(1, 3)) for role in ("user", "assistant")
        ]

    strange = [
        pp.Conversation((pp.Message("user", "Hi"), pp.Message("tool", "42"))),
        pp.Conversation((pp.Message("user", "Hi"),)),
    ]
    return [pp.Conversation(tuple(turns())) for _ in range(count)] + strange


def plain(result):
    if isinstance(result, Quarantine):
        return str(result)
    examples = [part.example for part in result.parts]
    return [(list(one.ids), list(one.labels), one.learned) for one in examples]


def one_by_one(renderer, conversations):
    for conversation in conversations:
        try:
            yield renderer.rendered(conversation)
        except Quarantine as reason:
            yield reason


@pytest.mark.parametrize("quick", [True, False], ids=["fastokens", "tokenizers"])
@pytest.mark.parametrize("made", [byte_pairs, bytes_alone])
@pytest.mark.parametrize("name", TEMPLATES)
def test_the_same_as_one_by_one(made, name, quick, monkeypatch):
    if not quick:
        monkeypatch.setitem(sys.modules, "fastokens", None)
    renderer, conversations = Renderer(writer_of(template(name)), made()), talks(120)
    batches = BatchedRenderer(renderer)
    assert (batches.encoder.fast is not None) == quick
    found = list(batches.examples(conversations))
    assert list(map(plain, found)) == list(map(plain, one_by_one(renderer, conversations)))
    assert (
        sum(isinstance(part.example.ids, np.ndarray) for one in found for part in getattr(one, "parts", ()))
        > 40
    )  # the quick way was taken


@cache
def in_chatml():
    """Made once: reading a tokenizer takes longer than an example."""
    renderer = Renderer(writer_of(template("chatml")), byte_pairs())
    return renderer, BatchedRenderer(renderer)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=4), min_size=1, max_size=5))
def test_any_text(texts):
    roles = ("user", "assistant", "user", "assistant")
    conversations = [
        pp.Conversation(tuple(pp.Message(role, text) for role, text in zip(roles, said, strict=False)))
        for said in texts
    ]
    renderer, batches = in_chatml()
    assert list(map(plain, batches.examples(conversations))) == list(
        map(plain, one_by_one(renderer, conversations))
    )


def two_spaces(normalizer=None):
    """A tokenizer whose only merge is that of two spaces."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {letter: index for index, letter in enumerate([*alphabet, "ĠĠ"])}
    core = Tokenizer(models.BPE(words, [("Ġ", "Ġ")]))
    cut = pre_tokenizers.Split(Regex(LLAMA3_SPLIT), "isolated")
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    core.decoder = decoders.ByteLevel()
    if normalizer:
        core.normalizer = normalizer
    core.add_special_tokens(["<|end|>"])
    return PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<|end|>")


def test_a_prompt_that_has_other_tokens_without_its_reply_keeps_its_own():
    """Two spaces at the end of a prompt are one token; before a digit they are two."""
    written = pp.turns(user=("U:", "\n"), assistant=("A:  ", "{eos}\n"))
    talk = pp.Conversation((pp.Message("user", "How many?"), pp.Message("assistant", "5")))
    renderer = Renderer(writer_of(written), two_spaces())
    risky = pp.Conversation((pp.Message("user", "How <|end|> many?"), pp.Message("assistant", "5")))
    for one in (talk, risky):
        prompt, _ = renderer.prompt(one, 1)
        example = renderer.example(one)
        assert list(example.ids[: len(prompt)]) == prompt and example.learned == 2
        assert plain(next(BatchedRenderer(renderer).examples([one]))) == plain(renderer.rendered(one))
    sound = Renderer(writer_of(pp.turns(user=("U:", "\n"), assistant=("A: ", "{eos}\n"))), two_spaces())
    assert sound.example(talk).learned == 2
    assert next(BatchedRenderer(sound).examples([talk])).parts[0].example.learned == 2


def test_tokens_that_spell_other_words_are_refused():
    """As many bytes, and other ones: small letters for large ones."""
    from tokenizers import normalizers

    written = pp.turns(user=("u:", "\n"), assistant=("a:", "{eos}\n"))
    renderer = Renderer(writer_of(written), two_spaces(normalizers.Lowercase()))
    talks = [
        pp.Conversation((pp.Message("user", "how many?"), pp.Message("assistant", said)))
        for said in ("five", "FIVE")
    ]
    sound, wrong = BatchedRenderer(renderer).examples(talks)
    assert sound.parts[
        0
    ].example.learned == 5 and "would say other words: 'five<|end|>', not 'FIVE<|end|>'" in str(wrong)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (">\n", "What is <|end|"),  # with the template's next character it is one more control token
        ("<|a|>", "Stop!"),  # with the template's next token it is another one
    ],
)
def test_words_that_make_a_control_token_with_the_template_stay_words(after, said):
    tokens = two_spaces()
    tokens.add_tokens(["<|a|>", "!<|a|>"], special_tokens=True)
    written = pp.turns(user=("U:", after), assistant=("A:", "{eos}\n"), tokens=("<|a|>",))
    renderer = Renderer(writer_of(written), tokens)
    talk = pp.Conversation((pp.Message("user", said), pp.Message("assistant", "5")))
    (found,) = BatchedRenderer(renderer).examples([talk])
    meant = [token for token in renderer.control if token in after] + ["<|end|>"]
    control = [token for token in found.parts[0].example.ids if token in renderer.control.values()]
    assert tokens.convert_ids_to_tokens(control) == meant
    assert plain(found) == plain(renderer.rendered(talk))
