"""Answers: what is asked, what is kept of the reply, what is no answer."""

import pytest

import pitchpipe as pp
from pitchpipe_components.generators.answers import Answers
from tests.components.generators.asked import at_work, source

SEED = source("Name a river.")


def said(made: pp.Made) -> str:
    return made.conversation.messages[-1].content


def reasons(made: list[pp.Made]) -> list[str]:
    return [str(one.drop) if one.drop else "" for one in made]


def test_the_whole_conversation_is_asked_and_the_reply_put_behind_it(tmp_path):
    turns = [("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello."), ("user", "Name a river.")]
    seed = pp.made(messages=[pp.Message(*turn) for turn in turns], category="geography", level=3).conversation
    with at_work(tmp_path, lambda question: " The Rhine.\n") as work:
        (made,) = work.made(Answers(system="Answer well."), seed)
        (asked,) = work.server.asked
    assert [(message["role"], message["content"]) for message in asked["messages"]] == turns
    assert [(message.role, message.content) for message in made.conversation.messages] == [
        *turns, ("assistant", "The Rhine.")]  # fmt: skip
    assert (made.conversation.category, made.conversation.meta) == ("geography", {"level": 3})
    assert (asked["max_tokens"], asked["temperature"]) == (2048, 0.7)


def test_the_context_is_asked_too_and_the_system_prompt_is_not_kept(tmp_path):
    with at_work(tmp_path, lambda question: "1 2 3") as work:
        (made,) = work.made(Answers(system="Answer well."), source("Sort.", context="3 {x} 1"))
        (asked,) = work.server.asked
    assert asked["messages"] == [
        {"role": "system", "content": "Answer well."}, {"role": "user", "content": "Sort.\n\n3 {x} 1"}]  # fmt: skip
    assert made.conversation.messages == (
        pp.Message("user", "Sort.", "3 {x} 1"),
        pp.Message("assistant", "1 2 3"),
    )


def test_each_may_have_several_answers_that_differ(tmp_path):
    replies = iter(["The Rhine.", "the rhine", "The Po."])
    with at_work(tmp_path, lambda question: next(replies)) as work:
        made = work.made(Answers(per_source=3), SEED)
    assert reasons(made) == ["", "said before: another answer to this is the same", ""]
    assert [said(one) for one in made] == ["The Rhine.", "the rhine", "The Po."]


def test_what_has_a_reply_is_answered_again_where_that_is_said(tmp_path):
    assert Answers().unanswered and not Answers(again=True).unanswered
    with at_work(tmp_path, lambda question: "The Po.") as work:
        (made,) = work.made(Answers(again=True), source("Name a river.", output="Rhine."))
        assert work.questions == ["Name a river."]
    assert [message.content for message in made.conversation.messages] == ["Name a river.", "The Po."]


SORRY = "I'm sorry, but I can't help with that."


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (SORRY, f"sorry: {SORRY}"),
        (SORRY + " What I can say about rivers in general is this." * 10, ""),
        ("Dear Anna, I'm sorry to hear that you have been ill.", ""),
        ("...", "empty: ..."),
        ("name a RIVER", "echo: the reply is the question"),
        ("42", ""),
        ("长江", ""),
    ],
)
def test_what_is_no_answer_is_dropped_with_its_reason(tmp_path, reply, reason):
    with at_work(tmp_path, lambda question: reply) as work:
        made = work.made(Answers(), SEED)
    assert reasons(made) == [reason]


def test_a_refusal_may_be_kept(tmp_path):
    with at_work(tmp_path, lambda question: SORRY) as work:
        (made,) = work.made(Answers(sorry="keep"), SEED)
    assert made.drop is None


@pytest.mark.parametrize(
    ("seed", "reason"),
    [
        (pp.made(output="Text alone.").conversation, "nothing is asked"),
        (pp.made(messages=[pp.Message("system", "Be brief.")]).conversation, "nothing is asked"),
        (pp.made(messages=[pp.Message("user", "Hi"), pp.Message("narrator", "He goes.")]).conversation,
         "a role that the teacher does not know: narrator"),
        (pp.replace(SEED, tools=({"name": "map"},)), "it calls tools, which the teacher is not given"),
        (pp.made(messages=[pp.Message("user", "Hi"), pp.Message("tool", "{}")]).conversation,
         "it calls tools, which the teacher is not given"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_not_asked(tmp_path, seed, reason):
    with at_work(tmp_path, lambda question: "Hm.") as work:
        assert reasons(work.made(Answers(), seed)) == [reason]
        assert work.questions == []


def test_a_reply_that_repeats_the_question_without_its_context_is_an_echo(tmp_path):
    with at_work(tmp_path, lambda question: "Sort them") as work:
        assert reasons(work.made(Answers(), source("Sort them.", context="3 1"))) == [
            "echo: the reply is the question"
        ]


@pytest.mark.parametrize("mode", ["length", "refusal", "empty", "other_model"])
def test_a_reply_that_is_not_whole_is_no_answer_and_the_next_is_asked_for(tmp_path, mode):
    with at_work(tmp_path, lambda question: "Hm.") as work:
        assert work.made(Answers(per_source=2), source(f"Say mode:{mode} to them.")) == []
        assert len(work.questions) == 2


def test_what_the_teacher_thought_is_kept_as_the_reasoning(tmp_path):
    with at_work(tmp_path, lambda question: "<think>A long one.</think>The Rhine.") as work:
        (made,) = work.made(Answers(), SEED)
    assert made.conversation.messages[-1] == pp.Message("assistant", "The Rhine.", reasoning="A long one.")
