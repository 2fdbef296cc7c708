"""One prompt with several answers."""

import pytest

import pitchpipe as pp
from pitchpipe_components.duplicates import ConflictingAnswers
from tests.components.duplicates.texts import gone, talk

ANSWERS = [("q", "no"), ("other", "x"), ("Q ", "yes, indeed"), ("q", "No"), ("q", "maybe so   ")]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ("first", {2: 0, 4: 0}),  # row 3 says the same as row 0, but for capitals: no conflict
        ("longest", {0: 2, 3: 2, 4: 2}),
        ("none", {0: 2, 2: 0, 3: 2, 4: 0}),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_one_answer_to_a_question(compare, keep, expected, size):
    rows = [talk(*answer) for answer in ANSWERS]
    assert gone(compare(ConflictingAnswers(keep=keep), rows, size)) == expected


def test_of_the_longest_answers_the_first_is_kept(compare):
    rows = [talk("q", reply) for reply in ("a", "bbb", "ccc")]
    assert gone(compare(ConflictingAnswers(keep="longest"), rows)) == {0: 1, 2: 1}


def test_capitals_are_a_conflict_only_if_asked(compare):
    rows = [talk("q", "Yes"), talk("q", "YES")]
    assert gone(compare(ConflictingAnswers(), rows)) == {}
    assert gone(compare(ConflictingAnswers(ignore_case=False), rows)) == {1: 0}


def test_the_prompt_is_all_that_comes_before_the_last_reply(compare):
    def chat(*turns):
        return pp.Conversation(
            tuple(pp.Message(("user", "assistant")[n % 2], turn) for n, turn in enumerate(turns))
        )

    rows = [
        chat("Hi", "Hello", "2+2?", "4"),
        chat("Hi", "Hello", "3+3?", "6"),
        chat("Hi", "Hello", "2+2?", "5"),
    ]
    assert gone(compare(ConflictingAnswers(), rows)) == {2: 0}
    silent = [
        pp.Conversation((pp.Message("user", "q"),)),
        talk("q", "a"),
        pp.Conversation((pp.Message("assistant", "a"),)),
    ]
    assert gone(compare(ConflictingAnswers(), silent)) == {}


def test_only_prompts_with_a_context_as_in_self_instruct(compare):
    def about(context, reply):
        return pp.Conversation((pp.Message("user", "Sum up.", context), pp.Message("assistant", reply)))

    rows = [about("", "a"), about("", "b"), about("it", "a"), about("that", "b"), about("it", "b")]
    assert gone(compare(ConflictingAnswers(), rows)) == {1: 0, 4: 2}
    assert gone(compare(ConflictingAnswers(with_context=True), rows)) == {4: 2}
