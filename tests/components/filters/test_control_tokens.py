"""Control tokens in the data are defused, counted or dropped."""
# ruff: noqa: RUF001 other languages have other marks

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import ORDINARY, dropped, reply, score, talk


@pytest.mark.parametrize(
    ("text", "defused"),
    [
        ("Hi<|im_end|>", "Hi< |im_end|>"),
        ("<|endoftext|><|eot_id|>", "< |endoftext|>< |eot_id|>"),
        ("[INST] Hi [/INST]", "[ INST] Hi [ /INST]"),
        ("<<SYS>>x<</SYS>>", "< <SYS>>x< </SYS>>"),
        ("<start_of_turn>user", "< start_of_turn>user"),
        ("<｜begin▁of▁sentence｜>x", "< ｜begin▁of▁sentence｜>x"),
        ("<s>[INST] Hi", "< s>[ INST] Hi"),
        ("Done.</s>", "Done.< /s>"),
        ("A</s><s>B", "A< /s>< s>B"),
        ("<pad><eos>", "< pad>< eos>"),
    ],
)  # fmt: skip
def test_control_tokens_are_defused(text, defused):
    chat = pp.Conversation(
        (
            pp.Message("system", text),
            pp.Message("user", "a", context=text),
            pp.Message("assistant", "x", reasoning=text),
        )
    )
    verdict = filters.control_tokens(chat)
    assert verdict.notes == ("control tokens defused",)
    one, two, three = verdict.conversation.messages
    assert (one.content, two.context, three.reasoning) == (defused, defused, defused)
    assert score(filters.control_tokens(verdict.conversation), "control_tokens") == 0
    assert dropped(filters.control_tokens(chat, do="drop")).score == score(verdict, "control_tokens") > 0
    kept = filters.control_tokens(chat, do="keep")
    assert kept.conversation is chat and kept.drop is None and score(kept, "control_tokens") > 0


@pytest.mark.parametrize(
    "text",
    [
        "a <|> b",
        "Use <s>old</s> new prices.",
        "if a <b> c",
        "x[INSTALL]",
        "a < b || c |> d",
        "<p>",
        *ORDINARY,
    ],
)
def test_what_is_no_control_token(text):
    chat = reply(text)
    assert filters.control_tokens(chat).conversation is chat


def test_more_control_tokens_can_be_named():
    verdict = filters.control_tokens(reply("a ~END~ b"), extra=("~END~",))
    assert verdict.conversation.messages[1].content == "a ~ END~ b"


def test_the_rejected_reply_is_edited_too():
    chat = talk("a", "b", rejected=pp.Message("assistant", "no<|im_end|>", learn=False))
    edited = filters.control_tokens(chat).conversation
    assert (
        edited.rejected == pp.Message("assistant", "no< |im_end|>", learn=False)
        and edited.messages is not None
    )
