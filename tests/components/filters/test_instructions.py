"""Prompts that open badly, and prompts that a text model cannot answer."""

import pytest

import pitchpipe as pp
from pitchpipe_components import filters
from tests.components.filters.talks import dropped, talk


@pytest.mark.parametrize(
    "prompt",
    ["Draw a cat", "Describe the IMAGE.", "Go to the shop", "Write a program that adds", "  write a program"],
)
def test_the_blacklist_drops(prompt):
    assert dropped(filters.blacklist(talk(prompt, "No."))).reason.startswith("blacklisted too high: ")


@pytest.mark.parametrize(
    "prompt",
    [
        "Drawing is fun, why?",
        "Is a profile useful?",
        "Imagine a world",
        "Write a programme note",
        "Mapping of names",
    ],
)
def test_the_blacklist_knows_whole_words(prompt):
    verdict = filters.blacklist(talk(prompt, "An image."))
    assert (dropped(verdict) is None) == (prompt != "Write a programme note")


def test_the_blacklist_is_a_recipes_own():
    assert dropped(filters.blacklist(talk("Draw a cat", "No."), words=())) is None
    assert dropped(filters.blacklist(talk("Write a program", "No."), openings=())) is None
    assert dropped(filters.blacklist(talk("Sing a song", "No."), extra=("sing",)))
    assert dropped(filters.blacklist(talk("Draw a cat", "No."), max_blacklisted=1)) is None


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [(". What?", "prompt opens with punctuation: ."), ("  ?", "prompt opens with punctuation: ?")],
)
def test_odd_openings_are_dropped(prompt, reason):
    assert filters.opening(talk(prompt, "a")) == pp.Drop(reason)
    assert not isinstance(filters.opening(talk(prompt, "a"), punctuation=False), pp.Drop)


@pytest.mark.parametrize(
    "prompt", ["What?", "¿Qué?", '"Hi" means?', "(a) or (b)?", "```x```", "/help", "#1?", "", "Über", "你好"]
)
def test_openings_that_are_none_of_ascii_are_dropped_where_asked(prompt):
    chat = talk(prompt, "a")
    assert filters.opening(chat) is chat
    assert isinstance(filters.opening(chat, non_ascii=True), pp.Drop) == (not prompt[:1].isascii())
