"""Conversations that are too long: whole exchanges go, never a part of one, and what is lost is counted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe_components.collators.padded import Padded
from pitchpipe_components.templates.chatml import CHATML
from pitchpipe_stages.render.batched import BatchedRenderer
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.shorten import exchanges, shorten
from pitchpipe_stages.render.taught import TaughtPart
from pitchpipe_stages.render.teaching import TaughtReplies
from pitchpipe_stages.render.writer import writer_of
from tests.tokenizers import bytes_alone

TOKENS = bytes_alone()
RENDERER = Renderer(writer_of(CHATML), TOKENS)
TEACHING = TaughtReplies(BatchedRenderer(RENDERER))
RULES = ("cut_end", "cut_start", "split")


def talk(*turns, system="", learn=None):
    """Letters: what the user says and what is answered."""
    opening = [pp.Message("system", system)] if system else []
    said = [
        message
        for asked, told in turns
        for message in (pp.Message("user", asked), pp.Message("assistant", told, learn=learn))
    ]
    return pp.Conversation((*opening, *said), id="x")


def cut(conversation, length, rule):
    part = TaughtPart(conversation, RENDERER.example(conversation), (), {})
    return shorten(part, Padded(length=length, too_long=rule), TEACHING)


def words(part):
    return "".join(message.content for message in part.messages)


def tokens(conversation):
    return len(RENDERER.example(conversation).ids)


A, B, C = ("a", "b"), ("c", "d"), ("e", "f")
WHOLE = talk(A, B, C, system="S")
TWO = tokens(talk(A, B, system="S"))


@pytest.mark.parametrize(
    ("rule", "left", "ids"),
    [
        ("cut_end", ["Sabcd"], ["x"]),
        ("cut_start", ["Scdef"], ["x"]),
        ("split", ["Sabcd", "Sef"], ["x", "x-2"]),
        ("drop", [], []),
    ],
)
def test_what_is_left(rule, left, ids):
    result = cut(WHOLE, TWO, rule)
    assert [words(part.conversation) for part in result.parts] == left
    assert [part.conversation.id for part in result.parts] == ids
    whole = RENDERER.example(WHOLE)
    kept = sum(part.example.learned for part in result.parts)
    assert result.learned == whole.learned - kept
    lost = {"split": 0, "drop": len(whole.ids)}.get(rule, len(whole.ids) - TWO)
    assert result.tokens == lost
    assert (result.drop is None) == bool(left)


def test_stop_says_what_else_could_be_done():
    with pytest.raises(
        pp.PitchpipeError, match=r"more than the collator's length of 20\. Its too_long can also"
    ):
        cut(WHOLE, 20, "stop")


def test_an_exchange_that_is_too_long_alone_is_in_no_part_and_is_counted():
    long = talk(A, ("long " * 40, "reply"), C)
    result = cut(long, TWO, "split")
    assert [words(part.conversation) for part in result.parts] == ["ab", "ef"]
    assert result.tokens == len(RENDERER.example(long).ids) - tokens(talk(A, C))
    assert result.learned == len("reply") + 1  # and what ends it
    assert "split into 2: " in result.note


def test_nothing_is_left_where_nothing_fits_or_nothing_is_learned():
    assert cut(WHOLE, 10, "split").drop.reason == "too many tokens"
    first_only = pp.Conversation(
        (*talk(A).messages, *(m for m in talk(B, C, learn=False).messages)),
    )
    assert cut(first_only, TWO - 5, "cut_start").drop
    assert cut(first_only, TWO - 5, "cut_end").parts


def test_a_call_and_what_follows_it_stay_together():
    call = pp.Message("assistant", "", tool_calls=({"function": {"name": "look", "arguments": {}}},))
    messages = (
        pp.Message("user", "a"), call, pp.Message("tool", "1"), pp.Message("assistant", "b"),
        pp.Message("user", "c"), pp.Message("assistant", "d"),
    )  # fmt: skip
    opening, found = exchanges(messages)
    assert not opening and [len(exchange) for exchange in found] == [4, 2]


turns = st.lists(
    st.tuples(st.text("xyz ", min_size=1, max_size=30), st.text("uvw ", min_size=1, max_size=30)),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=60, deadline=None)
@given(said=turns, length=st.integers(20, 120))
def test_every_part_fits_and_is_a_run_of_whole_exchanges(rule, said, length):
    conversation = talk(*said, system="s")
    if tokens(conversation) <= length:
        return
    result = cut(conversation, length, rule)
    at = 0
    for part, example in ((one.conversation, one.example) for one in result.parts):
        assert len(example.ids) <= length
        assert part.messages[0].content == "s"
        pairs = [
            (a.content, b.content) for a, b in zip(part.messages[1::2], part.messages[2::2], strict=True)
        ]
        while said[at : at + len(pairs)] != pairs:
            at += 1
        at += len(pairs)
    kept = sum(part.example.learned for part in result.parts)
    assert result.learned + kept == RENDERER.example(conversation).learned
    if rule == "split":  # no exchange that fits is lost
        fit = [pair for pair in said if tokens(talk(pair, system="s")) <= length]
        assert sum(len(part.conversation.messages) // 2 for part in result.parts) == len(fit)
