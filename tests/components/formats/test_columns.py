"""Formats of columns: which column counts, and where the others go."""

from pitchpipe_components.formats import FORMATS, Alpaca, Messages
from tests.components.formats.published import chat, reply, user


def test_the_first_of_two_replies_counts_and_the_other_stays():
    row = {"instruction": "2+2?", "output": "4", "chosen": "four"}
    assert Alpaca()(row) == chat(user("2+2?"), reply("4"), meta={"chosen": "four"})


def test_a_context_of_a_listed_prompt_is_kept():
    row = {"instruction": [{"role": "user", "content": "Hi"}], "input": "x", "output": "y", "": 1}
    assert Alpaca()(row) == chat(user("Hi"), reply("y"), meta={"input": "x", "": 1})


def test_a_category_is_text():
    for category, expected, meta in (
        ("maths", "maths", {}),
        (3, "", {"category": 3}),
        (None, "", {"category": None}),
    ):
        made = Alpaca()({"instruction": "", "output": "", "category": category})
        assert (made.category, made.meta) == (expected, meta)
    flan = FORMATS["flan"]()({"inputs": "", "targets": "", "task": 7})
    assert (flan.category, flan.meta) == ("", {"task": 7})


def test_null_and_empty_say_nothing():
    assert Alpaca()(
        {"instruction": "Hi", "input": None, "output": "x", "system": "", "history": None, "": 1}
    ) == chat(user("Hi"), reply("x"), meta={"": 1})
    assert Messages()({"messages": [{"role": "user", "content": "Hi"}], "system": ""}) == chat(user("Hi"))


def test_two_lists_of_as_many_texts_are_a_chat():
    row = {
        "instruction": ["Name a bird.", "And a fish?"],
        "output": ["A robin.", "A carp."],
        "system": "Be brief.",
    }
    made = FORMATS["alpaca"]()(row)
    assert [(m.role, m.content) for m in made.messages] == [
        ("system", "Be brief."), ("user", "Name a bird."), ("assistant", "A robin."),
        ("user", "And a fish?"), ("assistant", "A carp."),
    ]  # fmt: skip
    parts = FORMATS["alpaca"]()({"instruction": ["Name", "a bird."], "output": ["A robin."]})
    assert len(parts.messages) == 2
