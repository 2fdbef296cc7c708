"""What counts as the same but for case, punctuation and white space."""
# ruff: noqa: RUF001 other languages have other marks

import numpy as np
import pytest

import pitchpipe as pp
from pitchpipe_stages.data.likeness import likeness


def talk(*said, system=""):
    roles = ["user", "assistant"] * len(said)
    turns = [pp.Message(role, words) for role, words in zip(roles, said, strict=False)]
    return pp.Conversation((*([pp.Message("system", system)] if system else ()), *turns), id="0" * 16)


def hashes(conversation, rows=1):
    like = likeness([conversation], [rows])
    columns = (like.prompts, like.wholes, like.asked)
    return [np.frombuffer(column, np.uint64).tolist() for column in columns]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Say hello.", "say  hello", True),
        ("Well, say: “hello”!", 'Well say "hello"', True),
        ("Don’t do it — now", "Don't do it - now", False),  # a hyphen may be a minus
        ("Don’t do it", "don't DO it...", True),
        ("What is 3.5 + 4?", "What is 35 + 4?", False),
        ("What is 3,500 less 1?", "what is 3,500 less 1", True),
        ("What is 2 + 2?", "What is 2+2?", True),
        ("What is 2 + 2?", "What is 2 - 2?", False),
        ("12*7", "12/7", False),
        ("???", "!!!", False),
        ("👍", "👎", False),
        ("你好，世界。", "你好 世界", True),
        ("你好，世界", "你们，世界", False),
        ("कि", "की", False),
        ("ＡＢＣ １２", "abc 12", True),
    ],
)
def test_which_prompts_are_the_same(one, other, same):
    assert (hashes(talk(one, "Yes."))[0] == hashes(talk(other, "Yes."))[0]) == same
    assert (hashes(talk("Hm?", one))[1] == hashes(talk("Hm?", other))[1]) == same


def test_a_batch_changes_nothing():
    rows = [talk("A?", "B."), talk("你好", "C", "D?", "E", system="F"), pp.Conversation(()), talk("", "")]
    whole = likeness(rows, [1] * len(rows))
    parts = [likeness([row], [1]) for row in rows]
    for name in ("prompts", "wholes", "ids", "asked"):
        assert getattr(whole, name) == b"".join(getattr(part, name) for part in parts)
    assert whole.turns == [turns for part in parts for turns in part.turns] == [1, 3, 0, 1]


def test_a_later_question_is_that_of_a_prompt_under_the_same_system_message():
    chat, other = talk("A?", "B.", "C?", "D.", system="S"), talk("A?", "B.", "C?", "D.")
    assert hashes(talk("c", "x", system="s"))[0][0] in hashes(chat)[2]
    assert hashes(talk("c", "x", system="t"))[0][0] not in hashes(chat)[2]
    assert hashes(talk("c", "x"))[0][0] in hashes(other)[2]
    assert hashes(talk("C", "D", system="T"))[2][0] in hashes(chat)[2], "the same question and answer"


def test_calls_and_what_a_question_is_about_are_said():
    def row(context, city):
        call = pp.Message("assistant", "", tool_calls=({"city": city},))
        return pp.Conversation((pp.Message("user", "Weather?", context), call))

    assert hashes(row("now", "Rome"))[1:] == hashes(row("Now!", "Rome"))[1:]
    assert hashes(row("now", "Rome"))[0] != hashes(row("then", "Rome"))[0]
    assert hashes(row("now", "Rome"))[1] != hashes(row("now", "Oslo"))[1]


def test_text_without_a_prompt_is_its_own():
    one, other = (pp.Conversation((pp.Message("assistant", said),)) for said in ("One text.", "Two texts."))
    assert hashes(one)[0] == hashes(one)[1] != hashes(other)[0]


def test_rows_of_one_conversation_are_one():
    prompts, wholes, asked = hashes(talk("A?", "B."), 3)
    assert len(set(prompts)) == 1 and wholes[1:] == [0, 0] and len(prompts) == 3 and len(asked) == 1
