"""Tokens become words: whole letters, reasoning apart, stops removed, likely tokens with the words they say."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitchpipe.host.serving import Likely
from pitchpipe_stages.generate.decoding import Decoder
from pitchpipe_stages.generate.thoughts import Thoughts
from pitchpipe_stages.serve.words.answer_writer import AnswerWriter
from pitchpipe_stages.serve.words.token_bytes import TokenBytes
from tests.chat_templates import tokenizer_of
from tests.chat_tokenizers import kinds
from tests.tokenizers import bytes_alone

BYTES = bytes_alone()


def said(ids, end="stop", prompt=None, stops=(), tokenizer=BYTES, likely=False, **more):
    """All stretches of an answer of these tokens, the last of which ends it."""
    thoughts = Thoughts(prompt) if prompt is not None else None
    writer = AnswerWriter(3, Decoder(tokenizer), thoughts, stops=stops, **more)
    bytes_ = TokenBytes(tokenizer)
    told = [Likely(token, bytes_[token], -1.0) if likely else None for token in ids]
    ends = [""] * (len(ids) - 1) + [end]
    found = [writer.add(*step) for step in zip(ids, ends, told, strict=True)]
    assert writer.add(ids[0]) is None  # nothing follows the end
    return [one for one in found if one]


def ids_of(text, tokenizer=BYTES):
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def text_of(stretches, what="text"):
    return "".join(getattr(one, what) for one in stretches)


END = BYTES.eos_token_id


def test_letters_of_many_bytes_come_whole():
    stretches = said([*ids_of("a👩‍🚀é日"), END])
    assert [one.text for one in stretches] == ["a", "👩", "\u200d", "🚀", "é", "日", ""]
    assert [one.end for one in stretches] == [""] * 6 + ["stop"]
    assert {one.index for one in stretches} == {3}
    assert sum(one.tokens for one in stretches) == len(ids_of("a👩‍🚀é日")) + 1  # the end is a token too


def test_half_a_letter_at_the_end_of_a_length_is_left_out():
    ids = ids_of("ab👩")
    (*_, last) = stretches = said(ids[:-1], end="length")
    assert (text_of(stretches), last.end, sum(one.tokens for one in stretches)) == (
        "ab",
        "length",
        len(ids) - 1,
    )


@settings(max_examples=200)
@given(st.text(max_size=8), st.lists(st.text(min_size=1, max_size=3), max_size=4), st.booleans())
def test_the_text_is_what_stands_before_the_first_stop(text, stops, likely):
    heard = said([*ids_of(text), END], stops=stops, likely=likely)
    ends = [(text.find(stop) + len(stop), text.find(stop)) for stop in stops if stop in text]
    expected = text[: min(ends)[1]] if ends else text
    assert text_of(heard) == expected
    assert [one.end for one in heard if one.end] == ["stop"]
    if likely:  # the bytes of the tokens are those of the text; a token may go on behind it
        told = b"".join(likely.text for one in heard for likely in one.likely)
        assert told.startswith(expected.encode()) and len(told) - len(expected.encode()) < 4


def test_a_stop_over_tokens_ends_the_answer_at_once():
    writer = AnswerWriter(0, Decoder(BYTES), stops=["ser:"])
    heard = [writer.add(token) for token in ids_of("yes\nUser: more")]
    at = len("yes\nUser:") - 1
    assert heard[at].end == "stop" and all(one is None for one in heard[at + 1 :])
    assert text_of([one for one in heard if one]) == "yes\nU"


def test_a_stop_in_a_letter_of_many_bytes():
    assert text_of(said([*ids_of("né de l'été"), END], stops=["é"])) == "n"


def test_a_control_token_that_is_a_stop_ends_the_answer():
    tokenizer = tokenizer_of("qwen2")
    start = tokenizer.convert_tokens_to_ids("<|im_start|>")
    writer = AnswerWriter(0, Decoder(tokenizer), stops=["<|im_start|>"], stop_ids=frozenset([start]))
    heard = [writer.add(token) for token in [*ids_of("Hello there", tokenizer), start]]
    assert text_of([one for one in heard if one]) == "Hello there" and heard[-1].end == "stop"


def test_control_tokens_are_not_shown():
    tokenizer = tokenizer_of("qwen2")
    start = tokenizer.convert_tokens_to_ids("<|im_start|>")
    assert text_of(
        said([*ids_of("one", tokenizer), start, *ids_of(" two", tokenizer), 0], tokenizer=tokenizer)
    ) == ("one two")


@pytest.mark.parametrize("template", ["qwen3", "qwen2"])  # <think> is a token here, and letters there
@pytest.mark.parametrize("opened", [True, False])
def test_reasoning_is_apart_and_no_stop_ends_it(template, opened):
    tokenizer = tokenizer_of(template)
    text = "<think>\n" * (not opened) + "Twice three.\n\nYes.\n</think>\n\nSix.\n\nSeven."
    prompt = "<|im_start|>assistant\n" + "<think>\n" * opened
    heard = said(
        [*ids_of(text, tokenizer), 0], prompt=prompt, stops=["\n\n"], tokenizer=tokenizer, likely=True
    )
    assert text_of(heard, "reasoning") == "Twice three.\n\nYes."
    assert text_of(heard) == "Six."
    thought = text[: text.index("</think>") + len("</think>")]
    assert sum(one.thought for one in heard) == len(ids_of(thought, tokenizer))
    told = b"".join(likely.text for one in heard for likely in one.likely).decode()
    assert told.strip() == "Six."


def test_words_alone_have_no_reasoning():
    tokenizer = tokenizer_of("qwen3")
    heard = said([*ids_of("Six <b>bold</b>.", tokenizer), 0], prompt="assistant\n", tokenizer=tokenizer)
    assert text_of(heard) == "Six <b>bold</b>." and not any(one.thought for one in heard)


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_bytes_of_tokens(kind):
    """Put together they are the text, whatever the kind of tokenizer."""
    tokenizer, text = kinds()[kind], "Où est 日本 👩‍🚀? it's\n\n\there  and a lot of other words"
    bytes_ = TokenBytes(tokenizer)
    ids = ids_of(text, tokenizer)
    assert b"".join(bytes_[token] for token in ids).decode().lstrip(" ") == text
    assert bytes_[1 << 20] == b""
    ends = tokenizer.eos_token_id
    assert bytes_[ends] == tokenizer.eos_token.encode()


def test_a_part_of_a_letter_shows_in_the_bytes():
    heard = said([*ids_of("é!"), END], likely=True)
    assert [[one.text for one in stretch.likely] for stretch in heard] == [[b"\xc3", b"\xa9"], [b"!"], []]


def test_any_tokens_make_an_answer():
    chance = random.Random(5)
    tokenizer = tokenizer_of("qwen3")
    for end in ("stop", "length"):
        for _ in range(50):
            ids = [chance.randrange(len(tokenizer)) for _ in range(30)]
            heard = said(ids, end, prompt="", stops=["a", "\n"], tokenizer=tokenizer, likely=True)
            assert [bool(one.end) for one in heard] == [False] * (len(heard) - 1) + [True]
            text_of(heard).encode()
