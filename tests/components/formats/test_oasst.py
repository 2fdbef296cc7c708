"""Trees of messages: the best path, all paths, and messages in any order."""

import math
import random

import pytest

import pitchpipe as pp
from pitchpipe_components.formats import FORMATS
from tests.components.formats.published import TREE, node

BRANCHED = {
    "message_tree_id": "t",
    "prompt": node(
        "p", "prompter", "Hi",
        node("gone", "assistant", "bad", node("under", "assistant", "x"), rank=0, deleted=True),
        node("failed", "assistant", "worse", rank=0, review_result=False),
        node("b", "assistant", "B", rank=2),
        node("a", "assistant", "A", node("q", "prompter", "more?", node("c", "assistant", "C"), node("d", "assistant", "D", rank=0)), node("u", "prompter", "bye"), rank=1),
        node("unranked", "assistant", "E"),
    ),
}  # fmt: skip


def words(made):
    return [message.content for message in made.messages]


def test_the_best_path_follows_ranks_past_what_was_deleted_or_not_answered():
    assert words(FORMATS["oasst"]()(BRANCHED)) == ["Hi", "A", "more?", "D"]


def test_all_paths_learn_each_reply_once():
    made = FORMATS["oasst"](paths="all")(BRANCHED)
    assert [words(one) for one in made] == [
        ["Hi", "A", "more?", "D"],
        ["Hi", "A", "more?", "C"],
        ["Hi", "B"],
        ["Hi", "E"],
    ]
    learned = [
        m.content for one in made for m in one.messages if m.role == "assistant" and m.learn is not False
    ]
    assert sorted(learned) == ["A", "B", "C", "D", "E"]
    assert {one.group for one in made} == {"t"}


def test_a_tree_without_end_is_dropped():
    prompt = node("0", "prompter", "x")
    for depth in range(5000):
        prompt = node(str(depth), "assistant", "x", prompt)
    assert FORMATS["oasst"]()({"message_tree_id": "t", "prompt": prompt}) == pp.drop("the tree is too deep")


def flat(tree, parent=None):
    """The rows of a flat export."""
    row = {key: value for key, value in tree.items() if key != "replies"} | {
        "parent_id": parent,
        "message_tree_id": "t",
    }
    return [row] + [below for one in tree["replies"] for below in flat(one, tree["message_id"])]


@pytest.mark.parametrize("seed", range(5))
def test_messages_in_any_order_are_joined_into_their_tree(seed):
    rows = list(enumerate(flat(BRANCHED["prompt"]), 10))
    random.Random(seed).shuffle(rows)
    format = FORMATS["oasst_messages"]()
    [(numbers, row)] = format.join(rows)
    assert numbers == sorted(number for number, _ in rows)
    assert words(format(row)) == ["Hi", "A", "more?", "D"]
    assert format(row).group == "t"


def test_a_message_that_belongs_to_no_tree_is_not_lost():
    rows = [
        {"message_id": "a", "parent_id": "b", "text": "a circle", "role": "prompter"},
        {"message_id": "b", "parent_id": "a", "text": "a circle", "role": "assistant"},
        {"message_id": "c", "parent_id": "nobody", "text": "an orphan", "role": "assistant"},
        {"message_id": "d", "parent_id": "c", "text": "its child", "role": "prompter"},
        {"message_id": "r", "parent_id": None, "text": "Hi", "role": "prompter"},
        {"message_id": "e", "parent_id": "r", "text": "Hello!", "role": "assistant"},
        {"message_id": "e", "parent_id": "r", "text": "twice", "role": "assistant"},
        {"message_id": {}, "parent_id": None, "text": "no id", "role": "assistant"},
        {"message_id": "s", "parent_id": math.nan, "text": "a table's null", "role": "prompter"},
        {"message_id": "z", "parent_id": [], "text": "an odd parent", "role": "prompter"},
        {"anything": "else"},
        TREE,
    ]  # fmt: skip
    format = FORMATS["oasst_messages"]()
    joined = list(format.join(enumerate(rows)))
    assert sorted(number for numbers, _ in joined for number in numbers) == list(range(len(rows)))
    results = {tuple(numbers): format(row) for numbers, row in joined}
    assert words(results[4, 5]) == ["Hi", "Hello!"]
    assert words(results[11,]) == ["2+2?", "4"]
    assert results[8,] == pp.drop("no reply")
    reasons = {
        numbers: result.reason.partition(":")[0]
        for numbers, result in results.items()
        if isinstance(result, pp.Drop)
    }
    assert reasons == dict.fromkeys(
        [(0,), (1,), (2,), (3,), (6,), (7,), (9,), (10,)], "belongs to no tree"
    ) | {(8,): "no reply"}
