"""Personas: instructions of the kinds that people ask for."""

import pytest

import pitchpipe as pp
from pitchpipe_components.generators.persona import WHAT, Persona
from tests.components.generators.asked import at_work, source, words

PERSON = "A retired sailor who tunes pianos, {x}."
SEED = pp.made(output=PERSON).conversation


def asks(question: str) -> str:
    """What a teacher says: the kind decides it."""
    kind = next(kind for kind, what in WHAT.items() if what in question)
    return f"**Task:** A {kind} about ropes and strings?"


def test_each_kind_is_asked_for_and_named(tmp_path):
    with at_work(tmp_path, asks) as work:
        made = work.made(Persona(kinds=tuple(WHAT)), SEED)
        assert all(PERSON in question and "{what}" not in question for question in work.questions)
    assert [(one.operator, words(one)) for one in made] == [
        (kind, f"A {kind} about ropes and strings?") for kind in WHAT]  # fmt: skip
    assert {one.conversation.meta["persona"] for one in made} == {PERSON}
    assert all(one.drop is None and one.conversation.last_reply() is None for one in made)


def test_several_of_a_kind_differ(tmp_path):
    replies = iter(["How long is a rope?", "how long is a rope", PERSON, "Name a knot that holds a piano."])
    with at_work(tmp_path, lambda question: next(replies)) as work:
        made = work.made(Persona(per_kind=4), source(PERSON))
    assert [str(one.drop)[:11] if one.drop else "" for one in made] == ["", "said before", "said before", ""]


def test_who_would_read_a_text_is_asked_first(tmp_path):
    def answer(question: str) -> str:
        return "A sailor." if "Who would write" in question else f"Ask: {'A sailor.' in question}"

    with at_work(tmp_path, answer) as work:
        (made,) = work.made(Persona(from_text=True), pp.made(output="Winds and {tides}.").conversation)
        assert "Winds and {tides}." in work.questions[0] and "Winds" not in work.questions[1]
    assert (words(made), made.conversation.meta["persona"]) == ("Ask: True", "A sailor.")


@pytest.mark.parametrize("text", ["A text on mode:length here.", "A text on mode:refusal here."])
def test_without_a_person_nothing_more_is_asked(tmp_path, text):
    with at_work(tmp_path, asks) as work:
        assert work.made(Persona(from_text=True), source(text)) == []
        assert len(work.questions) == 1


def test_what_is_no_instruction_is_dropped_with_its_reason(tmp_path):
    with at_work(tmp_path, lambda question: "?!") as work:
        (made,) = work.made(Persona(), SEED)
    assert str(made.drop) == "empty: punctuation and stop words alone"


def test_nobody_is_asked_about_nothing(tmp_path):
    with at_work(tmp_path, asks) as work:
        (made,) = work.made(Persona(), pp.made(messages=[pp.Message("system", "S")]).conversation)
        assert str(made.drop) == "no text" and work.questions == []
