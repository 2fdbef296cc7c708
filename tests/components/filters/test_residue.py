"""Buttons and errors of chat pages are taken out of texts."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import ORDINARY, dropped, reply, talk


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("```pythonCopy code\nprint(1)\n```", "```python\nprint(1)\n```"),
        ("pythonCopy code\nprint(1)\n", "print(1)\n"),
        ("Copy code\nx", "x"),
        ("Fine.\nRegenerate response", "Fine.\n"),
        ("Fine.\nShare Prompt\n\nRegenerate response\n", "Fine.\n"),
        ("Fine.\nContinue generating", "Fine.\n"),
        ("2 / 3\n\nThe answer.", "The answer."),
        ("Going on▌", "Going on"),
        ("Text\nCopy12 chars / 3 words\n", "Text\n"),
    ],
)
def test_residue_is_taken_out(text, mended):
    for role in ("user", "assistant"):
        chat = pp.Conversation(
            (pp.Message("user", "a"), pp.Message(role, text, learn=True), pp.Message("assistant", "b"))
        )
        verdict = filters.interface_residue(chat)
        assert verdict.notes == ("interface residue",)
        assert verdict.conversation.messages[1] == pp.Message(role, mended, learn=True)
        assert filters.interface_residue(verdict.conversation).conversation is verdict.conversation
        assert dropped(filters.interface_residue(chat, mend=False)) == pp.Drop("residues too high", 1, 0)
        assert dropped(filters.interface_residue(chat, mend=False, max_residues=1)) is None


@pytest.mark.parametrize(
    "text",
    ["Press Copy code to copy it.", "Press Regenerate response.", "1 / 3", "1 / 3 of it is\n\nleft", "3 / 2\n\nis more",
     "████ 40 %", "█ A █ B\nC █ D █", "40 %: ████", "████░░█", "Regenerate response\n\nis a button.", "A NETWORK ERROR is shown then.", *ORDINARY],
)  # fmt: skip
def test_texts_may_speak_of_buttons(text):
    chat = reply(text)
    assert filters.interface_residue(chat) == pp.judged(chat, residues=(0, None, None))


@pytest.mark.parametrize(
    "text", ["It works like NETWORK ERROR", "Too many requests in 1 hour. Try again later."]
)
def test_a_reply_that_ends_in_an_error_of_the_page_is_dropped(text):
    assert filters.interface_residue(reply(text)) == pp.Drop("interface error in a reply")
    assert dropped(filters.interface_residue(talk(text, "That means: wait."))) is None


def test_a_reply_of_residue_alone_is_dropped():
    assert filters.interface_residue(reply("Regenerate response")) == pp.Drop(
        "nothing but interface residue in a reply"
    )
