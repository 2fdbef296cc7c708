"""Columns that nobody reads are told and counted."""

import pytest

import pitchpipe as pp
from pitchpipe_components.formats import FORMATS
from pitchpipe_stages.data.unread import share, unread
from tests.components.formats.published import without_notes

LOADERS = "loaders:\n  - files: {path: rows.jsonl}\n"
ALPACA = {"instruction": "Say it.", "input": "", "output": "The river runs to the sea at last."}
CHAT = {"messages": [{"role": "user", "content": "Say it."}, {"role": "assistant", "content": "It is said."}]}


def left(row, name):
    return list(unread(row, without_notes(FORMATS[name]()(row))))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"rationale": "Rivers run down."}, ["rationale"]),
        ({"hint": "down"}, ["hint"]),  # a name that speaks
        ({"notes": {"first": ["Rivers run down."]}}, ["notes"]),
        ({"notes": "\u6cb3\u6d41\u5165\u6d77" * 3}, ["notes"]),  # a language without spaces
        ({"loss_weight": 0.5}, ["loss_weight"]),
        ({"loss_weight": 1}, []),
        ({"words": 7, "ok": True, "none": None, "empty": "", "list": [], "nothing": " "}, []),
        ({"id": "a b", "source": "the old web", "url": "https://a.b/c d", "license": "any use at all"}, []),
        ({"task": "Name the river. " * 9}, ["task"]),
        ({"task": "Name the river.", "rejected": "A reply that is worse."}, []),
        ({"class": "\u6cb3\u6d41\u5165\u6d77", "app": "River Maps", "topic_code": "rivers", "made": "2026-01-31 10:00:00", "path_of": "a/b/c.txt"}, []),
        ({"passage": "Some say so. The river runs to the sea at last. Others do not."}, ["passage"]),  # quoted in part
        ({"again": "The river runs to the sea at last."}, []),  # a message says it
        ({"text": "### Instruction:\nSay it.\n\n### Response:\nThe river runs to the sea at last."}, []),
    ],
)  # fmt: skip
def test_words_that_nobody_reads_are_found_and_labels_are_not(more, told):
    assert left(ALPACA | more, "alpaca") == told


def test_a_copy_of_the_chat_beside_the_chat_is_no_loss():
    assert left(CHAT | {"prompt": "Say it.", "conversation": CHAT["messages"]}, "messages") == []
    assert left(CHAT | {"document": "Another text."}, "messages") == ["document"]


@pytest.mark.parametrize(
    ("rows", "read", "words"), [(10, 10, "all rows"), (5, 10, "50% of rows"), (2, 1000, "2 of 1,000 rows")]
)
def test_a_share_is_never_nothing(rows, read, words):
    assert share(rows, read) == words


def test_prepare_tells_unread_columns_and_counts_them(project):
    rows = [
        ALPACA | {"output": f"It is {n}."} | ({"rationale": f"Because of {n}."} if n < 5 else {})
        for n in range(20)
    ]
    here = project({"recipe.yaml": LOADERS, "rows.jsonl": rows})
    said = here.run("prepare", "recipe.yaml").assert_success().out
    assert "nobody reads rationale (25% of rows)" in " ".join(said.split())
    result = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]
    (counts,) = result["rows"].values()
    assert counts["unread"] == {"rationale": 5} and len(result["warnings"]) == 1
    here.write({"recipe.yaml": LOADERS.replace("rows.jsonl", "rows.jsonl, columns: {input: rationale}")})
    assert "nobody reads" not in here.run("prepare", "recipe.yaml").assert_success().out


def test_a_format_of_ones_own_that_keeps_no_meta_is_told_nothing():
    made = pp.Conversation((pp.Message("user", "Hi"), pp.Message("assistant", "Hello")))
    assert list(unread({"letter": "Dear aunt, how are you?"}, made)) == []
