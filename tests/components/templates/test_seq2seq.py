"""The template of encoder-decoder models: ids as their own tokenizers write them, each reply by itself."""

import pytest

from pitchpipe.errors import PitchpipeError, Quarantine
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe.records.example import IGNORED
from pitchpipe_components.templates.seq2seq import PromptAndReply
from pitchpipe_stages.render.each_reply import EachReply
from pitchpipe_stages.render.parity import prove_served
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.rules import Ruled, Rules
from pitchpipe_stages.render.writer import writer_of
from tests.seq2seq import bart_tokenizer, t5_tokenizer

TOKENIZERS = pytest.mark.parametrize("make", [t5_tokenizer, bart_tokenizer])


def talk(*said, **more):
    return Conversation(
        tuple(Message(role, text) for role, text in zip(["user", "assistant"] * 9, said, strict=False)),
        **more,
    )


def renderer(tokenizer, rules=None, **options):
    return Renderer(EachReply(Ruled(writer_of(PromptAndReply(**options)), rules or Rules())), tokenizer)


def sides(example):
    begin = next(at for at, label in enumerate(example.labels) if label != IGNORED)
    return list(example.ids[:begin]), list(example.labels[begin:])


@TOKENIZERS
def test_both_sides_have_the_ids_of_the_tokenizer_itself(make):
    tokenizer = make()
    prompt, reply = sides(renderer(tokenizer).example(talk("Say it: a big dog.", "A big dog!")))
    assert prompt == tokenizer("Say it: a big dog.")["input_ids"]
    assert reply == tokenizer(text_target="A big dog!")["input_ids"]


@TOKENIZERS
def test_a_server_gives_the_same_prompt(make):
    tokenizer = make()
    of = renderer(tokenizer)
    parts = of.examples(talk("One dog.", "Two dogs.", "And now?", "Three dogs."))
    tokenizer.chat_template = of.chat_template
    assert [prove_served(of, tokenizer, part) for part in parts] == [True, True]


@TOKENIZERS
def test_each_reply_of_a_chat_is_an_example_and_reads_all_before_it(make):
    tokenizer = make()
    first, second = renderer(tokenizer).examples(talk("One dog.", "Two dogs.", "And now?", "Three dogs."))
    assert (first.replies, second.replies) == ((1,), (3,))
    assert first.conversation.id != second.conversation.id
    ids = [tokenizer(text)["input_ids"] for text in ("One dog.", "Two dogs.", "And now?", "Three dogs.")]
    assert sides(first.example) == (ids[0], ids[1])
    bos = [tokenizer.bos_token_id] if tokenizer.bos_token else []
    before, asked, reply = ids[0] + ids[1], ids[2][len(bos) :], ids[3]
    assert sides(second.example) == (before + asked, reply)


def test_a_prefix_stands_before_the_prompt():
    tokenizer = t5_tokenizer()
    prompt, _ = sides(renderer(tokenizer, prefix="summarize: ").example(talk("a dog", "b")))
    assert prompt == tokenizer("summarize: a dog")["input_ids"]


def test_white_space_that_the_tokenizer_cannot_write_becomes_a_space_and_is_told():
    of = renderer(t5_tokenizer())
    _, reply = sides(of.example(talk("Count.", "1.  one\n\n2.\ttwo")))
    assert t5_tokenizer().decode(reply) == "1. one 2. two</s>"
    assert of.prompt(talk("Count.", "one\ntwo"), 1)[1].strip() == "one two"  # so is what is expected
    assert "writes no line breaks" in of.template.notes()[0]
    exact = renderer(bart_tokenizer())
    assert exact.template.notes() == []
    assert bart_tokenizer().decode(sides(exact.example(talk("Count.", "1\n\n2")))[1]) == "<s>1\n\n2</s>"


def test_signs_that_the_tokenizer_does_not_know_refuse_the_row():
    with pytest.raises(Quarantine, match="cannot write as text: <unk>"):
        renderer(t5_tokenizer()).example(talk("Code?", "{x}"))


def test_what_a_decoder_cannot_learn_is_refused():
    of, words = renderer(t5_tokenizer()), "A dog."
    half = Conversation(
        (Message("user", "Say."), Message("assistant", words, learn=(("A ", False), ("dog.", True))))
    )
    with pytest.raises(Quarantine, match="only parts"):
        of.example(half)
    with pytest.raises(Quarantine, match="no prompt"):
        of.example(Conversation((Message("assistant", words),), meta={"plain": True}))
    with pytest.raises(PitchpipeError, match="learn: everything"):
        renderer(t5_tokenizer(), Rules(learn="everything"))


def test_of_a_chat_whose_last_reply_is_learned_alone_there_is_one_example():
    (part,) = renderer(t5_tokenizer(), Rules(learn="last")).examples(talk("a", "b", "c", "d"))
    assert part.replies == (3,)
