"""Back-translation: instructions for texts, and whether the texts answer them."""

import re

import pytest

import pitchpipe as pp
from pitchpipe_components.generators.back_translate import BackTranslate
from tests.components.generators.asked import at_work, source, words

TEXT = "To tune a piano, begin with the A above middle C. {Braces} stay."
SEED = pp.made(output=TEXT, category="music").conversation


def pairs(made: list[pp.Made]) -> list[tuple[str, str, str]]:
    """Instruction, reply and reason of each."""
    return [
        (*[m.content for m in one.conversation.messages], str(one.drop) if one.drop else "") for one in made
    ]


def test_a_text_becomes_the_reply_to_the_instructions_that_it_answers(tmp_path):
    replies = iter(
        ['Here is the instruction:\n\n"Explain how to tune a piano."', "How do I begin with a piano?"]
    )
    with at_work(tmp_path, lambda question: next(replies)) as work:
        made = work.made(BackTranslate(), SEED)
        assert work.questions[0] == work.questions[1] and TEXT in work.questions[0]
    assert pairs(made) == [
        ("Explain how to tune a piano.", TEXT, ""), ("How do I begin with a piano?", TEXT, "")]  # fmt: skip
    assert {one.conversation.category for one in made} == {"music"}


@pytest.mark.parametrize(
    "seed", [source("Hi", output=TEXT), source(TEXT), source("Hi", system="S", output=TEXT)]
)
def test_the_text_is_the_last_reply_or_what_a_user_says(tmp_path, seed):
    with at_work(tmp_path, lambda question: "Explain tuning.") as work:
        assert pairs(work.made(BackTranslate(per_text=1), seed)) == [("Explain tuning.", TEXT, "")]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("...", "empty: punctuation and stop words alone"),
        ("I'm sorry, but I can't help with that.", "sorry: I'm sorry, but I can't help with that."),
        ("Write what the given instruction wants about pianos.", "leak: given instruction"),
        (TEXT.upper(), "said before: the text itself, or another instruction for it"),
    ],
)
def test_what_is_no_instruction_is_dropped_with_its_reason(tmp_path, reply, reason):
    with at_work(tmp_path, lambda question: reply) as work:
        (made,) = work.made(BackTranslate(per_text=1, min_score=5), SEED)
        assert str(made.drop) == reason and len(work.questions) == 1


def test_the_same_instruction_is_kept_once(tmp_path):
    with at_work(tmp_path, lambda question: "Explain tuning.") as work:
        made = work.made(BackTranslate(per_text=2), SEED)
    assert [bool(one.drop) for one in made] == [False, True]


@pytest.mark.parametrize(
    ("said", "reason", "score"),
    [
        ("It fits well.\nScore: 4", None, None),
        ("**Score: 5**", None, None),
        ("Score: 4.", None, None),
        ("Score: 4/5", None, None),
        ("A score: 5 would need more.\nScore: 3", "a low score of the teacher", 3),
        ("Fine.", "no score: the teacher did not say one", None),
        ("Score: 4.5", "no score: the teacher did not say one", None),
    ],
)
def test_the_teacher_may_score_the_pair(tmp_path, said, reason, score):
    with at_work(tmp_path, lambda question: said if "Score: 3" in question else "Explain tuning.") as work:
        (made,) = work.made(BackTranslate(per_text=1, min_score=4), SEED)
        assert "Explain tuning." in work.questions[1] and TEXT in work.questions[1]
    assert (str(made.drop) if made.drop else None) == reason
    assert not made.drop or made.drop.score == score


def test_nobody_is_asked_about_a_text_that_is_too_long_or_none(tmp_path):
    with at_work(tmp_path, lambda question: "Explain.") as work:
        (made,) = work.made(BackTranslate(max_chars=10), SEED)
        assert (str(made.drop), made.drop.score) == ("a long text", len(TEXT))
        (nothing,) = work.made(BackTranslate(), pp.made(messages=[pp.Message("system", "S")]).conversation)
        assert str(nothing.drop) == "no text"
        assert work.questions == []


def test_a_question_of_your_own_has_a_place_for_the_text(tmp_path):
    with at_work(tmp_path, lambda question: "Explain.") as work:
        work.made(BackTranslate(prompt="What asks for this? {text}", per_text=1), SEED)
        assert work.questions == [f"What asks for this? {TEXT}"]
    with pytest.raises(ValueError, match=re.escape("no field {text}")):
        BackTranslate(prompt="What asks for this?")


@pytest.mark.parametrize("mode", ["length", "empty"])
def test_a_reply_that_is_not_whole_is_no_instruction(tmp_path, mode):
    with at_work(tmp_path, words) as work:
        assert work.made(BackTranslate(), source(f"A text on mode:{mode} here.")) == []
        assert len(work.questions) == 2
