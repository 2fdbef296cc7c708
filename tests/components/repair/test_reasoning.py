"""Reasoning that stands in the words of a reply."""

import pytest

import pitchpipe as pp
from pitchpipe_components.repair import repair
from tests.components.repair.talks import CALL, U2, A, M, U, outcome, talk

TAKEN, EMPTY, REPEATED = (
    "reasoning taken out of the words",
    "empty reasoning taken out of the words",
    "repeated reasoning taken out of the words",
)


def parted(content, **more):
    """A reply's reasoning and words after repair, and the notes."""
    mended, notes = outcome(talk(U, M("assistant", content, **more)))
    return mended.messages[1].reasoning, mended.messages[1].content, notes


@pytest.mark.parametrize(
    ("content", "reasoning", "words"),
    [
        ("<think>\nOkay, a sum.\n\nSo 4.\n</think>\n\n4", "Okay, a sum.\n\nSo 4.", "4"),  # Qwen3
        ("<think>\nOkay.\n</think>\n\n  4\n", "Okay.", "  4\n"),
        ("<think>Okay.</think>4", "Okay.", "4"),
        ("\n <think> Okay. </think> 4", " Okay. ", " 4"),
        ("Okay, a sum.\n</think>\n\n4", "Okay, a sum.", "4"),  # R1, whose prompt ends with the opening tag
        ("\nOkay.\n</think> \n4", "Okay.", " \n4"),
        ("Okay, a sum.</think>\n\n4", "Okay, a sum.", "4"),
        ("Is it ```x```?\n</think>\n\n4", "Is it ```x```?", "4"),
    ],
)
def test_reasoning_is_taken_out_of_the_words(content, reasoning, words):
    assert parted(content) == (reasoning, words, (TAKEN,))


@pytest.mark.parametrize(
    "content", ["<think>\nOkay.\n</think>\n\n4", "<think>\n\nA\n\n</think>4", "Okay\n</think>\n\n\n 4 "]
)
def test_the_cut_is_that_of_the_chat_template_of_qwen3(content):
    thought = content.split("</think>")[0].rstrip("\n").split("<think>")[-1].lstrip("\n")
    assert parted(content)[:2] == (thought.strip("\n"), content.split("</think>")[-1].lstrip("\n"))


@pytest.mark.parametrize(
    "content", ["<think>\n\n</think>\n\nHello", "<think> </think>Hello", "</think>\n\nHello"]
)
def test_empty_reasoning_is_none(content):
    assert parted(content) == ("", "Hello", (EMPTY,))
    assert parted(content, reasoning="Hm.") == ("Hm.", "Hello", (EMPTY,))


@pytest.mark.parametrize(
    "content",
    [
        "R1 writes <think>...</think> first.",
        "Like this:\n```\n<think>\nHm.\n</think>\n\n4\n```",
        "```\nHm.\n</think>\n\n4\n```",
        "It closes with `</think>`\n\nThen comes the answer.",
        "The end of it is </think> and then comes the answer.",
        "<think>Hm.",
        "<think>a<think>b</think>c</think>d",
        "<think>a</think>b<think>c</think>d",
        "<think>a</think>b</think>c",
        "<think>a</think>Now <think> is a tag.",
        "a\n</think>\n\nNow <think> is a tag.",
        "<thinking>a</thinking>b",
    ],
)
def test_tags_that_are_words_stay(content):
    sound = talk(U, ("assistant", content))
    assert repair(sound) is sound


def test_reasoning_on_both_sides():
    same = "<think>\nHm.\n</think>\n\n4"
    assert parted(same, reasoning="Hm.\n") == ("Hm.\n", "4", (REPEATED,))
    other = talk(U, M("assistant", same, reasoning="Let me see."))
    assert repair(other) == pp.Drop("one reasoning in the words and another beside them")


def test_only_replies_have_reasoning():
    asked = talk(("user", "<think>\nHm.\n</think>\n\n4?"), A)
    assert repair(asked) is asked
    plain = talk(("assistant", "<think>\nHm.\n</think>\n\n4"), meta={"plain": True})
    assert repair(plain) is plain


def test_replies_that_are_learned_in_part_keep_their_words():
    sound = talk(U, M("assistant", "<think>Hm.</think>4", learn=(("<think>Hm.</think>", False), ("4", True))))
    assert repair(sound) is sound
    assert parted("<think>Hm.</think>4", learn=False) == ("Hm.", "4", (TAKEN,))


def test_every_turn_and_the_rejected_reply_too():
    good, bad = "<think>\nTwo and two.\n</think>\n\n4", "<think>\nTwo.\n</think>\n\n4"
    mended, notes = outcome(talk(U, ("assistant", good), U2, ("assistant", good), rejected=M("gpt", bad)))
    expected = M("assistant", "4", reasoning="Two and two.")
    assert mended == pp.replace(
        talk(U, expected, U2, expected, rejected=M("assistant", "4", reasoning="Two.")),
        meta={"reasoning_in_words": True},  # a template without a place for it may put it back
    )
    assert notes == (TAKEN,)  # and the two sides differ still
    equal = talk(U, ("assistant", good), rejected=M("assistant", "4", reasoning="Two and two."))
    assert repair(equal) == pp.Drop("chosen and rejected are equal")


def test_reasoning_alone_is_no_reply_but_may_lead_to_a_call():
    assert repair(talk(U, ("assistant", "<think>\nHm.\n</think>\n\n"))) == pp.Drop("empty reply")
    assert parted("<think>\nHm.\n</think>\n\n", tool_calls=(CALL,)) == ("Hm.", "", (TAKEN,))


def test_it_can_be_switched_off(project):
    content = "<think>\nHm.\n</think>\n\n4"
    sound = talk(U, ("assistant", content))
    assert repair(sound, reasoning=False) is sound
    row = {"conversations": [{"from": "human", "value": "2+2?"}, {"from": "gpt", "value": content}]}
    recipe = "loaders:\n  - files: {path: rows.jsonl}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [row]})
    here.run("prepare", "recipe.yaml").assert_success()
    assert here.rows("runs/recipe/prepared/train.jsonl")[0]["messages"][1] == {
        "role": "assistant", "content": "4", "reasoning": "Hm.",
    }  # fmt: skip
    assert [(line["stage"], line["reason"]) for line in here.rows("runs/recipe/ledger.jsonl")] == [
        ("repair", TAKEN)
    ]
    here.write({"recipe.yaml": recipe + "repair: {reasoning: false}\n"})
    here.run("prepare", "recipe.yaml").assert_success()
    assert here.rows("runs/recipe/prepared/train.jsonl")[0]["messages"][1]["content"] == content
