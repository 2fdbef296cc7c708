"""Columns are guessed by their names."""

import json
import random

import pytest

from pitchpipe_stages.data.sections import LOADERS
from pitchpipe_tools.sniff.guess_columns import guessed_columns
from tests.tools.sniff.sniffed import CHATS, checked, lines, proposed


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ({"user_question": "a", "modelAnswer": "b"}, {"instruction": "user_question", "output": "modelAnswer"}),
        ({"Question": "a", "Context": "c", "Solution": "b"}, {"instruction": "Question", "output": "Solution", "input": "Context"}),
        ({"instruction": "a", "target": "b"}, {"output": "target"}),
        ({"input": "a", "expected output": "b"}, {"instruction": "input", "output": "expected output"}),
        ({"input": "a", "question": "q", "reply": "b"}, {"instruction": "question", "output": "reply"}),
        ({"alpha": "a", "answer": "b"}, {}),
        ({"system": "s", "questionText": "a", "gold_answer": "b"}, {"instruction": "questionText", "output": "gold_answer"}),
        ({"system_prompt": "s", "answer": "b"}, {}),
        ({"question_id": "1", "question": "a", "answer_score": "5", "answer": "b", "system_id": "x"}, {"instruction": "question", "output": "answer"}),
        ({"question_id": "1", "answer": "b"}, {}),
        ({"prompt": "a", "human": "c", "target_text": "b"}, {"instruction": "prompt", "output": "target_text"}),
        ({"question": "a", "alpha": "b"}, {}),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_names(row, columns):
    assert guessed_columns([row]) == columns


def test_no_column_is_used_twice():
    """Whatever a row's keys are, in whatever order."""
    words = [
        "question",
        "answer",
        "prompt",
        "input",
        "output",
        "system_prompt",
        "user input",
        "context",
        "targetText",
    ]
    for seed in range(300):
        some = random.Random(seed)
        row = dict.fromkeys(some.sample(words, some.randint(1, 6)), "x")
        columns = guessed_columns([row])
        assert len(set(columns.values())) == len(columns)
        assert set(columns.values()) <= row.keys()


def test_other_names_are_proposed_and_work(sniff, tmp_path):
    rows = [{"user_question": f"What is {i}?", "modelAnswer": f"It is {i}."} for i in range(4)]
    code, said = sniff("a.json", files={"a.json": json.dumps(rows)})
    assert code == 0
    assert "No format fits the columns as they are called" in said and "conversations: 4" in said
    source = checked(proposed(said), tmp_path)[LOADERS][0]
    assert source.columns == {"instruction": "user_question", "output": "modelAnswer"}


def test_other_names_are_proposed_for_a_forced_format_too(sniff, tmp_path):
    rows = [{"user_question": f"What is {i}?", "modelAnswer": f"It is {i}."} for i in range(4)]
    code, said = sniff("a.json", "--format", "alpaca", files={"a.json": json.dumps(rows)})
    assert code == 0 and "conversations: 4" in said
    source = checked(proposed(said), tmp_path)[LOADERS][0]
    assert source.columns and source.format is None  # which is what a run detects
    code, said = sniff("a.json", "--format", "messages")
    assert code == 2 and "leave out --format" in said


def test_a_plugin_that_fails_is_named(sniff):
    broken = {"pitchpipe_local.py": "import nothing_of_that_name", "a.jsonl": lines(CHATS)}
    code, said = sniff("a.jsonl", files=broken)
    assert code == 0 and "pitchpipe_local" in said and "failed to load" in said


def test_other_names_are_not_proposed_where_nothing_can_be_read(sniff):
    rows = [{"question": {"a": 1}, "target": {"b": [2]}} for _ in range(4)]
    code, said = sniff("a.json", files={"a.json": json.dumps(rows)})
    assert code == 2 and "columns as they are called" not in said
    assert "no format fits its rows, which hold question, target" in said


def test_keys_that_say_nothing_are_shown(sniff):
    code, said = sniff("a.jsonl", files={"a.jsonl": lines([{"alpha": 1, "beta": 2}])})
    assert code == 2
    assert "which hold alpha, beta" in said and "columns: {instruction: COLUMN, output: COLUMN}" in said


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ({"question": "Why?", "response_j": "So.", "response_k": "No."}, {"chosen": "response_j", "rejected": "response_k", "prompt": "question"}),
        ({"chosen_messages": [{"role": "user"}], "rejected_messages": [{"role": "user"}]}, {"chosen": "chosen_messages", "rejected": "rejected_messages"}),
        ({"id": "a1", "content": "Once upon a time."}, {"text": "content"}),
        ({"title": "Rivers", "content": "Once.", "question": "Which?"}, {}),
        ({"question": "Which?", "choices": ["a", "b"], "answer": 1}, {}),
        ({"question": "Which?", "answer": 0.5}, {}),
        ({"prompt": "https://example.com/a", "output": "b"}, {}),
        ({"source": "wiki", "label": "rivers", "description": "Which rivers?"}, {}),
        ({"question": "How many?", "sql": "SELECT COUNT(*)"}, {"instruction": "question", "output": "sql"}),
    ],
)  # fmt: skip
def test_a_mapping_that_would_be_worse_than_none_is_not_proposed(row, columns):
    assert guessed_columns([row]) == columns


def test_a_column_that_never_changes_is_no_prompt():
    rows = [{"task": "rivers", "target": f"River {n}."} for n in range(4)]
    assert guessed_columns(rows) == {}
    assert guessed_columns(rows[:1]) == {"instruction": "task", "output": "target"}


def test_the_hint_names_no_column_at_random_and_says_what_is_there(sniff):
    rows = [{"idx": n, "Skill": "Math", "Instruction": f"What is {n}?"} for n in range(4)]
    code, said = sniff("a.jsonl", files={"a.jsonl": lines(rows)})
    assert code == 2 and "prompts (Instruction) and no replies" in said and "instruction: idx" not in said
    code, said = sniff("c.jsonl", files={"c.jsonl": lines([{"branches": {"a": {"message": "Hi"}}}])})
    assert code == 2 and "nested in branches" in said
    code, said = sniff("b.jsonl", files={"b.jsonl": lines([{f"k{n}": n for n in range(400)}])})
    assert code == 2 and "k11 and 388 more" in said and "k12" not in said
