"""Each format reads rows written to its published schema, and knows them from all others."""

import json

import msgspec
import pytest

from pitchpipe import Conversation
from pitchpipe_components.formats import FORMATS, Alpaca, Messages, ShareGPT
from tests.components.formats.published import CASES, without_notes

NAMED = [pytest.param(*case, id=f"{case[0]}-{number}") for number, case in enumerate(CASES)]


@pytest.mark.parametrize(("name", "row", "expected"), NAMED)
def test_a_published_row_becomes_these_messages(name, row, expected):
    before = json.dumps(row)
    assert without_notes(FORMATS[name]()(row)) == expected
    assert json.dumps(row) == before


@pytest.mark.parametrize(("name", "row", "expected"), NAMED)
def test_a_published_row_is_known_from_all_others(name, row, expected):
    counts = {other: made().matches(row) for other, made in FORMATS.items()}
    assert all(type(count) is int for count in counts.values())
    assert [other for other, count in counts.items() if count == max(counts.values())] == [name], counts
    assert counts[name] <= len(row)


def test_every_format_has_a_published_row():
    assert {name for name, _, _ in CASES} == set(FORMATS)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {
            "question_id": 81,
            "category": "writing",
            "turns": ["Write.", "Again."],
            "reference": [],
        },  # MT-Bench
        {"question": "2+2?", "choices": ["3", "4"], "answer": 1},  # MMLU
        {"prompt": "2+2?", "completions": ["2", "4"], "labels": [True, False]},  # steps, judged one by one
        {"text": None},
        {"conversations": []},
        {"messages": [{}]},
        {"instruction": "Hi"},
        {
            "problem": "What is the sum of 2 and 2?",
            "chosen": "It is 4.",
            "rejected": "It is 5.",
        },  # no prompt is made up
        {"definition": "Add.", "targets": "4"},
    ],
)
def test_these_are_rows_of_no_format(row):
    conversations = {name: made for name, made in FORMATS.items() if name != "prompts"}
    assert {name for name, made in conversations.items() if made().matches(row)} == set()


def test_the_names_that_others_import():
    assert (FORMATS["alpaca"], FORMATS["messages"], FORMATS["sharegpt"]) == (Alpaca, Messages, ShareGPT)


@pytest.mark.parametrize(("name", "row", "expected"), NAMED)
def test_a_conversation_can_be_stored_and_read_back(name, row, expected):
    made = without_notes(FORMATS[name]()(row))
    for one in made if isinstance(made, list) else [made]:
        if isinstance(one, Conversation) and all(isinstance(m.content, str) for m in one.messages):
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=Conversation) == one
        else:
            assert one == expected or one in expected


@pytest.mark.parametrize(
    "text",
    [
        "Once upon a time.",
        "# How to prompt\nWrite ### Human: and then ### Assistant: in turn.",
        "The user said nothing. USER: Hi ASSISTANT: Hello",
        "### Instruction:\nAdd.",
        "Human: Hi",
        "[INST] Hi",
        "### Response:\n4\n\n### Instruction:\nAdd.",
    ],
)
def test_a_text_that_only_speaks_of_marks_is_plain(text):
    assert [name for name, made in FORMATS.items() if made().matches({"text": text})] == ["text"]
