"""What counts as a word of near duplicates, in any script."""
# ruff: noqa: RUF001 other languages have other marks

from random import Random

import pytest

import pitchpipe as pp
from pitchpipe_components.duplicates import NearDuplicates
from tests.components.duplicates.texts import gone, talk, text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("What is 2+2?", "What is 2+3?", False),
        ("What is 2+2?", "what  is 2+2 ?", True),
        ("What is 12*7?", "What is 12/7?", False),
        ("Name a city in France.", "Name a city in Greece.", False),
        ("Name a city in France.", "Name a city in France", True),
        ("???", "!!!", False),
        ("???", "???", True),
        ("", "", False),
        ("  ", "\n", False),
        ("你好，世界", "你好，世界。", True),
        ("你好，世界", "你们，世界", False),
        ("Ünïcode wörds äre wörds", "ünïcode WÖRDS äre wörds!", True),
    ],
)
def test_short_texts_must_say_the_same(compare, one, other, same):
    rows = [pp.Conversation((pp.Message("user", said),)) for said in (one, other)]
    assert gone(compare(NearDuplicates(), rows)) == ({1: 0} if same else {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "**Der** Fluß — größer, als man denkt — fließt durch viele Länder.",
            "der fluß größer als man denkt fließt durch viele länder",
        ),
        ("今天天气很好,我们去公园散步吧。", "今天天气很好，我们去公园散步吧"),
        (
            "It’s “quoted” text, with nine or ten words in it…",
            "it's 'quoted' text with nine or ten words in it",
        ),
    ],
)
def test_punctuation_and_capitals_do_not_count_in_any_script(compare, one, other):
    found = compare(NearDuplicates(), [pp.Conversation((pp.Message("user", said),)) for said in (one, other)])
    assert found == {1: (0, 1.0)}


def test_short_texts_are_never_compared_word_by_word(compare):
    rows = [
        talk(said, "")
        for said in ("Name one big city in southern France", "In southern France name one big city")
    ]
    assert gone(compare(NearDuplicates(threshold=0.4, ngram=1, rows=2), rows)) == {}


def test_a_sign_of_arithmetic_is_a_word(compare):
    asked = "Solve this equation for the unknown number and show all of your steps: 3x {} 5 = 20 and so on for the rest"
    rows = [talk(asked.format("+"), ""), talk(asked.format("="), ""), talk(asked.format("+"), "")]
    assert gone(compare(NearDuplicates(), rows)) == {2: 0}


def test_system_messages_do_not_make_rows_alike(compare):
    random = Random(8)
    system = pp.Message("system", text(random, 200))
    rows = [pp.Conversation((system, *talk(text(random, 12)).messages)) for _ in range(5)]
    assert gone(compare(NearDuplicates(), rows)) == {}


def test_calls_and_contexts_count_as_said(compare):
    calls = [pp.Message("assistant", "", tool_calls=({"city": city},)) for city in ("Rome", "Oslo", "Rome")]
    rows = [pp.Conversation((pp.Message("user", "Weather?"), call)) for call in calls]
    assert gone(compare(NearDuplicates(), rows)) == {2: 0}
    rows = [pp.Conversation((pp.Message("user", "Sum up.", context),)) for context in ("One.", "Two.")]
    assert gone(compare(NearDuplicates(), rows)) == {}
