"""Turns, written: pieces, and what is learned of them."""

import pytest

import pitchpipe as pp
from pitchpipe_stages.render.writer import writer_of

ASK, TELL = pp.Message("user", "Hi"), pp.Message("assistant", "Hello")


def text(template, *messages, only_learned=False):
    pieces = writer_of(template)(pp.Conversation(messages))
    return "".join(piece.text for piece in pieces if piece.learn or not only_learned)


def test_the_mask_is_born_with_the_text():
    template = pp.turns(user=("U:", "\n"), assistant=("A:", "{eos}\n"))
    assert text(template, ASK, TELL) == "{bos}U:Hi\nA:Hello{eos}\n"
    assert text(template, ASK, TELL, only_learned=True) == "Hello{eos}"


def test_a_message_can_say_whether_it_is_learned():
    template = pp.turns(user=("U:", "\n"), assistant=("A:", "{eos}\n"))
    silent, loud = pp.Message("assistant", "No", learn=False), pp.Message("user", "Yes", learn=True)
    assert text(template, loud, silent, TELL, only_learned=True) == "YesHello{eos}"


def test_only_the_templates_own_words_are_control():
    template = pp.turns(
        user=("U:", "\n"), assistant=("A:", "{eos}\n"), preamble="Be kind.\n", system=("", "")
    )
    said = pp.Conversation((pp.Message("user", "Hi", context="there"), TELL))
    assert [piece.text for piece in writer_of(template)(said) if not piece.control] == [
        "Hi",
        "there",
        "Hello",
    ]


@pytest.mark.parametrize(
    "message",
    [
        pp.Message("system", "Be kind."),
        pp.Message("tool", "42"),
        pp.Message("assistant", "", tool_calls=({"name": "f"},)),
    ],
)
def test_what_a_template_cannot_write_is_never_left_out_in_silence(message):
    template = pp.turns(user=("U:", "\n"), assistant=("A:", "{eos}\n"))
    with pytest.raises(pp.Quarantine):
        text(template, message)
