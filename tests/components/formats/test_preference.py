"""Preferences: a prompt, the better reply and the worse one."""

from pitchpipe_components.formats import FORMATS
from tests.components.formats.published import chat, reply, system, user


def test_a_prompt_that_the_chosen_turns_do_not_repeat_is_not_lost():
    turns = [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}]
    row = {
        "prompt": "Add two and two.",
        "chosen": turns,
        "rejected": [turns[0], {"role": "assistant", "content": "5"}],
    }
    expected = chat(user("2+2?"), reply("4"), rejected=reply("5"), meta={"prompt": "Add two and two."})
    assert FORMATS["preference"]()(row) == expected
    above = [{"role": "system", "content": "Add."}]
    assert FORMATS["preference"]()(row | {"prompt": above}).messages == (
        system("Add."),
        user("2+2?"),
        reply("4"),
    )


def test_replies_of_several_turns_go_on_from_their_prompt():
    asked = [{"role": "user", "content": "Hi"}]
    more = [
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "2+2?"},
        {"role": "assistant", "content": "4"},
    ]
    worse = [*more[:2], {"role": "assistant", "content": "5"}]
    made = FORMATS["preference"]()({"prompt": asked, "chosen": more, "rejected": worse})
    assert made == chat(user("Hi"), reply("Hello!"), user("2+2?"), reply("4"), rejected=reply("5"))


def test_texts_that_share_nothing_have_no_prompt():
    assert FORMATS["preference"]()({"chosen": "4", "rejected": "5"}) == chat(reply("4"), rejected=reply("5"))
