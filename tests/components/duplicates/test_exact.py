"""Exact duplicates are those that a dict finds, however rows are cut into blocks."""

from random import Random

import pytest

import pitchpipe as pp
from pitchpipe_components.duplicates import ExactDuplicates, grouping
from tests.components.duplicates.texts import WORDS, gone, talk


@pytest.mark.parametrize(
    ("options", "first", "second", "same"),
    [
        ({}, talk("Hi", "Hello"), talk(" Hi\n", "\tHello "), True),
        ({}, talk("Hi", "Hello"), talk("hi", "Hello"), False),
        ({"ignore_case": True}, talk("Hi", "Hello"), talk("hI", "hellO"), True),
        ({}, talk("a  b"), talk("a b"), False),
        ({"ignore_space": True}, talk("a \n b"), talk("a b"), True),
        ({}, talk("Hi", "Hello"), talk("Hi", "Howdy"), False),
        ({"of": "prompt"}, talk("Hi", "Hello"), talk("Hi ", "Howdy"), True),
        ({"of": "prompt"}, talk("Hi", "Hello"), talk("Ho", "Hello"), False),
        ({}, talk("Hi", "Hello", category="a"), talk("Hi", "Hello", category="b"), True),
        ({}, talk("a", "bc"), talk("ab", "c"), False),
        ({}, talk("Hi", "\ud800"), talk("Hi", "\ud800 "), True),
        ({}, talk("Hi"), talk("Hi", rejected=pp.Message("assistant", "No.")), False),
        ({}, talk("Hi"), talk("Hi", tools=({"name": "f"},)), False),
        (
            {},
            talk("Hi"),
            pp.Conversation((pp.Message("user", "Hi", "this"), pp.Message("assistant", "Yes."))),
            False,
        ),
        (
            {},
            talk("Hi"),
            pp.Conversation((pp.Message("system", "Hi"), pp.Message("assistant", "Yes."))),
            False,
        ),
        (
            {},
            talk("Hi"),
            pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Yes.", reasoning="Hm."))),
            False,
        ),
        (
            {},
            talk("Hi", ""),
            pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "", tool_calls=({"f": 1},)))),
            False,
        ),
    ],
)
def test_what_is_the_same(compare, options, first, second, same):
    assert gone(compare(ExactDuplicates(**options), [first, second])) == ({1: 0} if same else {})


def test_the_first_of_many_is_kept_and_nothing_is_not_a_duplicate(compare):
    rows = [talk("b"), talk("a"), pp.Conversation(()), talk("b"), pp.Conversation(()), talk("a"), talk("b")]
    assert gone(compare(ExactDuplicates(), rows)) == {3: 0, 5: 1, 6: 0}
    replies = [pp.Conversation((pp.Message("assistant", reply),)) for reply in "ab"]
    assert gone(compare(ExactDuplicates(of="prompt"), replies)) == {}


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_exact_duplicates_are_those_that_a_dict_finds_however_rows_are_cut(compare, size, monkeypatch):
    random = Random(1)
    asked = [random.choice(WORDS[:200]) for _ in range(400)]
    rows, first = [talk(said) for said in asked], {}
    expected = {row: first[said] for row, said in enumerate(asked) if first.setdefault(said, row) != row}
    assert gone(compare(ExactDuplicates(), rows, size)) == expected
    monkeypatch.setattr(grouping, "AT_ONCE", 50)  # more rows than are sorted at once: they go through files
    assert gone(compare(ExactDuplicates(), rows, size)) == expected
