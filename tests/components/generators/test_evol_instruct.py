"""Evol-Instruct: rounds, ways, what eliminates, whose turn comes then."""

import re

import pytest

import pitchpipe as pp
from pitchpipe_components.generators.evol_instruct import EvolInstruct
from pitchpipe_components.generators.evol_instruct.operators import FORMS, IN_BREADTH, IN_DEPTH, built_in
from tests.components.generators.asked import at_work, source, words

SEED = source("Write a poem about the sea.", output="Waves.")
ADDED = (
    " Mention salt, two gulls and a lighthouse keeper.",
    " Then explain which season you chose, giving three reasons.",
    " Finish by comparing calm water with stormy weather near Brittany.",
    " Use exactly fourteen lines, none longer than nine syllables.",
)


def inner(question: str) -> str:
    """The instruction that a question holds."""
    return re.findall(r"<instruction>\n(.*)\n</instruction>", question, re.S)[0]


def harder(question: str) -> str:
    """What a good teacher says."""
    if "Not Equal" in question:
        return "Not Equal"
    return inner(question) + next(added for added in ADDED if added not in question)


def test_each_round_evolves_what_the_round_before_gave(tmp_path):
    with at_work(tmp_path, harder) as work:
        made = work.made(EvolInstruct(), SEED)
    assert [one.round for one in made] == [1, 2, 3]
    assert [one.drop for one in made] == [None] * 3
    text = "Write a poem about the sea."
    for one, added in zip(made, ADDED, strict=False):
        text += added
        assert words(one) == text and one.conversation.last_reply() is None
    assert [one.parents for one in made] == [(SEED.id,), (made[0].id,), (made[1].id,)]
    assert {one.operator for one in made} <= {*IN_DEPTH, *IN_BREADTH}
    assert [one.conversation.meta["growth"] for one in made] == [8, 9, 10]


def test_the_same_is_made_again_and_nothing_is_asked(tmp_path):
    with at_work(tmp_path, harder) as work:
        first = work.made(EvolInstruct(), SEED)
        asked = len(work.questions)
        assert work.made(EvolInstruct(), SEED) == first
    assert len(work.questions) == asked > 0


def test_every_way_is_reached_by_chance_and_each_asks_its_own(tmp_path):
    with at_work(tmp_path, lambda question: "Name a river.") as work:
        made = work.made(EvolInstruct(rounds=70, eliminate=()), SEED)
        asked = set(work.questions)
    assert {one.operator for one in made} == {*IN_DEPTH, *IN_BREADTH}
    assert len({question.partition("<instruction>")[0] for question in asked}) > 8
    assert any(form in question for question in asked for form in FORMS)
    assert not any("{" in question for question in asked)


@pytest.mark.parametrize(("breadth", "ways"), [(0, IN_DEPTH), (1, IN_BREADTH)])
def test_breadth_is_a_share_of_the_rounds(tmp_path, breadth, ways):
    with at_work(tmp_path, lambda question: "Name a river.") as work:
        made = work.made(EvolInstruct(rounds=12, breadth=breadth, eliminate=()), SEED)
    assert len(made) == 12 and {one.operator for one in made} <= set(ways)


def test_ways_in_turn_come_as_they_are_listed(tmp_path):
    ways = EvolInstruct(choose="cycle", in_depth=("reasoning", "deepen"), in_breadth=("topic",), rounds=4)
    with at_work(tmp_path, harder) as work:
        assert [one.operator for one in work.made(ways, SEED)] == [
            "reasoning",
            "deepen",
            "topic",
            "reasoning",
        ]


def test_the_document_asks_its_prompts_in_its_order_and_keeps_all(tmp_path):
    with at_work(tmp_path, lambda question: "The same.") as work:
        made = work.made(EvolInstruct(like="document"), SEED)
        asked = work.server.asked
    assert [one.operator for one in made] == ["constraints", "deepen", "reasoning"]
    assert [one.drop for one in made] == [None] * 3
    assert {body["max_tokens"] for body in asked} == {200} and {body["temperature"] for body in asked} == {
        0.7
    }
    assert work.questions[0] == (
        "I want you to make the instruction more complex.\nYou should add one or more constraints/requirements to the "
        "instruction.\n\nOriginal instruction: Write a poem about the sea.\n\nEvolved instruction with added constraints:"
    )
    assert "Original instruction: The same.\n" in work.questions[1]


def test_the_paper_has_values_of_its_own_and_an_option_beside_it_overrides_them(tmp_path):
    paper = EvolInstruct(like="paper", rounds=1)
    assert (paper.ways.rounds, paper.ways.in_breadth, paper.ways.max_tokens) == (1, ("mutation",), 2048)
    assert EvolInstruct(like="paper").ways.rounds == 4
    with at_work(tmp_path, lambda question: "Equal" if "Not Equal" in question else "Sew kites.") as work:
        (made,) = work.made(paper, SEED)
        assert (work.server.asked[0]["temperature"], work.server.asked[0]["top_p"]) == (1.0, 0.9)
    assert str(made.drop) == "no gain: the teacher calls it equal" and made.drop.score == 0


# --- What is eliminated -----------------------------------------------------------------------------

WHOLE = "Write a poem about the sea."
LONG = "Describe " + " ".join(f"item{n}" for n in range(60)) + " briefly."
CASES = {
    "no gain: hardly a new word": (WHOLE, "Write a long poem about the sea."),
    "no gain: said before": (WHOLE, '"write a poem about the sea"'),
    "sorry: I'm sorry, but I can't help with rewriting this instruction.": (
        WHOLE, "I'm sorry, but I can't help with rewriting this instruction."),
    "empty: punctuation and stop words alone": (WHOLE, "... and so on!"),
    "leak: given prompt": (WHOLE, "Take the given prompt about oceans, and turn it into a villanelle with rhymes."),
    "grown: too many new words": (WHOLE, "Sing: " + " ".join(f"word{n}" for n in range(301))),
}  # fmt: skip
RULE = {"no gain": "no_gain", "sorry": "sorry", "empty": "empty", "leak": "leak", "grown": "grown"}


@pytest.mark.parametrize("reason", CASES)
def test_what_is_eliminated_is_explained_and_its_parent_is_evolved_again(tmp_path, reason):
    start, bad = CASES[reason]
    replies = iter([bad, start + ADDED[0]])
    with at_work(
        tmp_path, lambda question: "Not Equal" if "Not Equal" in question else next(replies)
    ) as work:
        dropped, kept = work.made(EvolInstruct(rounds=2), source(start))
        asked = [inner(question) for question in work.questions if "Not Equal" not in question]
    assert str(dropped.drop) == reason and kept.drop is None
    assert asked == [start, start]
    assert (dropped.round, kept.round) == (1, 2) and dropped.parents == kept.parents


def test_a_chain_does_not_turn_in_circles(tmp_path):
    again = "Sew two red kites, and say why."
    replies = iter([again, "Cook soup for nine hungry sailors.", again])
    with at_work(tmp_path, lambda question: next(replies)) as work:
        assert [str(one.drop or "") for one in work.made(EvolInstruct(), SEED)] == [
            "",
            "",
            "no gain: said before",
        ]


@pytest.mark.parametrize("reason", CASES)
def test_a_rule_that_is_left_out_eliminates_nothing(tmp_path, reason):
    start, bad = CASES[reason]
    rules = tuple(rule for rule in RULE.values() if rule != RULE[reason.partition(":")[0]])
    with at_work(tmp_path, lambda question: "Not Equal" if "Not Equal" in question else bad) as work:
        (kept,) = work.made(EvolInstruct(rounds=1, eliminate=rules), source(start))
    assert kept.drop is None


def test_the_parent_is_asked_about_anew_where_the_same_way_comes_again(tmp_path):
    """The same question has the same reply, unless it is told apart."""
    replies = iter(["Write a poem about the sea!", WHOLE + ADDED[0], "Not Equal"])
    one_way = EvolInstruct(rounds=2, in_depth=("deepen",), in_breadth=())
    with at_work(tmp_path, lambda question: next(replies)) as work:
        dropped, kept = work.made(one_way, SEED)
    assert dropped.drop and words(kept) == WHOLE + ADDED[0]
    assert work.questions[0] == work.questions[1]


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        ("Not Equal", None),
        ("**Not Equal**", None),
        ("The first asks for less, so they are Not-Equal.", None),
        ("They aren't equal.", None),
        ("No, these are not at all equal.", None),
        ("Different", None),
        ("Equal", "no gain: the teacher calls it equal"),
        ("Equal.", "no gain: the teacher calls it equal"),
        ("They are not equal in length, but in depth: Equal", "no gain: the teacher calls it equal"),
        ("Hm.", "no gain: the teacher did not say whether it is equal"),
    ],
)
def test_the_teacher_is_asked_where_words_do_not_tell(tmp_path, verdict, reason):
    new = "Write a poem about the cold blue sea."
    with at_work(tmp_path, lambda question: verdict if "Not Equal" in question else new) as work:
        (made,) = work.made(EvolInstruct(rounds=1), SEED)
    assert (str(made.drop) if made.drop else None) == reason
    assert new in work.questions[1] and WHOLE in work.questions[1]
    assert not made.drop or 0.8 < made.drop.score < 0.9


def test_a_long_instruction_may_gain_by_a_few_words(tmp_path):
    new = LONG + " Write it as a sonnet in French."
    with at_work(tmp_path, lambda question: "Not Equal" if "Not Equal" in question else new) as work:
        (made,) = work.made(EvolInstruct(rounds=1), source(LONG))
        assert made.drop is None and len(work.questions) == 2


@pytest.mark.parametrize("mode", ["length", "refusal", "empty", "other_model"])
def test_a_reply_that_is_not_whole_makes_nothing_and_its_parent_is_evolved_again(tmp_path, mode):
    seed = source(f"Say mode:{mode} to them.")
    with at_work(tmp_path, harder) as work:
        assert work.made(EvolInstruct(rounds=2), seed) == [] and len(work.questions) == 2
        with pytest.raises(pp.Unanswered):
            work.made(EvolInstruct(rounds=2, eliminate=("sorry",)), seed, seed="3")


def test_where_the_budget_is_spent_no_other_round_is_asked_for(tmp_path):
    with at_work(tmp_path, harder) as work:
        work.budget = {"requests": 1}
        with pytest.raises(pp.Unanswered, match="the budget is spent"):
            work.made(EvolInstruct(eliminate=("cut",)), SEED)
        assert len(work.questions) == 1


# --- What is evolved --------------------------------------------------------------------------------


def test_the_context_is_part_of_what_is_evolved_and_the_system_message_stays(tmp_path):
    seed = source("Sort the numbers.", context="3 1 {x}", system="You are a clerk.")
    with at_work(tmp_path, harder) as work:
        first, *_ = work.made(EvolInstruct(), seed)
        assert inner(work.questions[0]) == "Sort the numbers.\n\n3 1 {x}"
    assert [message.role for message in first.conversation.messages] == ["system", "user"]


def test_of_many_turns_the_first_is_evolved(tmp_path):
    turns = [("user", "Name a river."), ("assistant", "Rhine."), ("user", "Name another one.")]
    seed = pp.made(messages=[pp.Message(*turn) for turn in turns]).conversation
    with at_work(tmp_path, harder) as work:
        first, *_ = work.made(EvolInstruct(), seed)
        assert inner(work.questions[0]) == "Name a river."
    assert len(first.conversation.messages) == 1


def test_what_asks_nothing_is_left_alone(tmp_path):
    with at_work(tmp_path, harder) as work:
        (made,) = work.made(EvolInstruct(), pp.made(output="Text alone.").conversation)
        assert str(made.drop) == "nothing is asked"
        assert work.questions == []


# --- Options ----------------------------------------------------------------------------------------


def test_prompts_of_your_own_replace_a_way_or_add_one(tmp_path):
    own = {"in_verse": "Turn this into a task that asks for verse: {instruction}"}
    generator = EvolInstruct(in_depth=("in_verse",), in_breadth=(), prompts=own, rounds=1)
    with at_work(tmp_path, lambda question: "Write a sonnet in which brooks and meadows quarrel.") as work:
        (made,) = work.made(generator, SEED)
        assert work.questions == ["Turn this into a task that asks for verse: Write a poem about the sea."]
    assert made.operator == "in_verse"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"in_breadth": ("mutations",)}, "there is no way 'mutations'. Did you mean 'mutation'?"),
        ({"in_depth": ("deepn",)}, "there is no way 'deepn'. Did you mean 'deepen'?"),
        ({"in_depth": (), "in_breadth": ()}, "both empty"),
        ({"prompts": {"deepen": "Harder!"}}, "the prompt of 'deepen' has no field {instruction}"),
        ({"prompts": {"deepen": "{instruction} {input}"}}, "nobody fills in: {input}. Known: {instruction}"),
        ({"breadth": 0.5, "in_breadth": ()}, "one of in_depth and in_breadth is empty"),
        ({"breadth": 0.5, "choose": "cycle"}, "choose: uniform"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        EvolInstruct(**options)


def test_no_prompt_names_a_field_that_nobody_fills():
    for prompt in built_in().values():
        assert set(re.findall(r"\{(\w+)\}", prompt)) <= {"instruction", "form"}
