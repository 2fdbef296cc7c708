"""Each format reads rows written to its published schema, knows them from all others, and survives any row."""

import inspect
import json
import math
import random
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe import Conversation
from pitchpipe_plugins.formats import FORMATS, Alpaca, Messages, ShareGPT
from tests.documents import ROOT


def system(text: Any, **more: Any) -> pp.Message:
    return pp.Message("system", text, **more)


def user(text: Any, context: Any = "", **more: Any) -> pp.Message:
    return pp.Message("user", text, context, **more)


def reply(text: Any, **more: Any) -> pp.Message:
    return pp.Message("assistant", text, **more)


def chat(*messages: pp.Message, **more: Any) -> Conversation:
    return Conversation(messages, **more)


def call(name: str, arguments: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}}


ADD = {"name": "add", "description": "Adds.", "parameters": {"a": {"type": "int"}, "b": {"type": "int"}}}
ADD_TOOL = {"type": "function", "function": ADD}
OPENAI_CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "add", "arguments": '{"a": 2, "b": 2}'},
}
HH = "\n\nHuman: Hi\n\nAssistant: Hello!\n\nHuman: 2+2?\n\nAssistant: "
LABELS = {"spam": {"value": 0.0, "count": 3}, "quality": {"value": 0.75, "count": 3}}


def node(name: str, role: str, text: str, *replies: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A message of an OpenAssistant tree."""
    return {"message_id": name, "text": text, "role": role, "replies": list(replies)} | more


TREE = {
    "message_tree_id": "m1",
    "tree_state": "ready_for_export",
    "prompt": node(
        "m1", "prompter", "2+2?",
        node("m2", "assistant", "5", rank=1, lang="en"),
        node("m3", "assistant", "4", node("m4", "prompter", "Thanks"), rank=0, labels=LABELS),
        parent_id=None, lang="en", deleted=False,
    ),
}  # fmt: skip

# Format, a row as it is published, and what becomes of it.
CASES: list[tuple[str, dict[str, Any], Any]] = [
    # --- columns
    ("alpaca", {"instruction": "In capitals.", "input": "tiny", "output": "TINY"}, chat(user("In capitals.", "tiny"), reply("TINY"))),
    ("alpaca", {"instruction": "Hi", "input": "", "output": "Hello!"}, chat(user("Hi"), reply("Hello!"))),
    ("alpaca", {"instruction": "Hi", "output": "Hello!", "text": "### Instruction: Hi"}, chat(user("Hi"), reply("Hello!"), meta={"text": "### Instruction: Hi"})),
    (
        "alpaca",
        {"instruction": "2+2?", "input": "", "output": "4", "system": "Add.", "history": [["1+1?", "2"]], "category": "maths"},
        chat(system("Add."), user("1+1?"), reply("2"), user("2+2?"), reply("4"), category="maths"),
    ),
    ("alpaca", {"instruction": "2+2?", "input": "", "chosen": "4", "rejected": "5"}, chat(user("2+2?"), reply("4"), rejected=reply("5"))),
    (
        "dolly",
        {"instruction": "Who wrote Emma?", "context": "Emma [1] is by Austen.", "response": "Austen.", "category": "closed_qa"},
        chat(user("Who wrote Emma?", "Emma [1] is by Austen."), reply("Austen."), category="closed_qa"),
    ),
    ("dolly", {"instruction": "Hi", "response": "Hello!"}, chat(user("Hi"), reply("Hello!"))),
    (
        "query_response",
        {"system": "Add.", "query": "2+2?", "response": "4", "history": [["1+1?", "2"]]},
        chat(system("Add."), user("1+1?"), reply("2"), user("2+2?"), reply("4")),
    ),
    ("query_response", {"question": "2+2?", "answer": "#### 4"}, chat(user("2+2?"), reply("#### 4"))),
    ("query_response", {"question": "How many?", "context": "CREATE TABLE t (a)", "answer": "SELECT COUNT(*) FROM t"}, chat(user("How many?", "CREATE TABLE t (a)"), reply("SELECT COUNT(*) FROM t"))),
    ("query_response", {"question": "2+2?", "response": "4"}, chat(user("2+2?"), reply("4"))),
    ("openorca", {"id": "niv.242684", "system_prompt": "", "question": "2+2?", "response": "4"}, chat(user("2+2?"), reply("4"), meta={"id": "niv.242684"})),
    (
        "openorca",
        {"id": "cot.86217", "system_prompt": "Think.", "question": "2+2?", "response": "2 and 2 are 4."},
        chat(system("Think."), user("2+2?"), reply("2 and 2 are 4."), meta={"id": "cot.86217", "cot": True}),
    ),
    ("orca_dpo", {"system": "", "question": "2+2?", "chosen": "4", "rejected": "5"}, chat(user("2+2?"), reply("4"), rejected=reply("5"))),
    (
        "flan",
        {"inputs": "2+2?", "targets": "4", "task_source": "CoT", "task_name": "cot_gsm8k", "template_type": "zs_noopt"},
        chat(user("2+2?"), reply("4"), category="cot_gsm8k", meta={"task_source": "CoT", "template_type": "zs_noopt", "cot": True}),
    ),
    (
        "flan",
        {"inputs": "2+2?", "targets": "4", "_template_idx": 3, "_task_source": "Flan2021", "_task_name": "sum", "_template_type": "fs_opt"},
        chat(user("2+2?"), reply("4"), category="sum", meta={"_template_idx": 3, "_task_source": "Flan2021", "_template_type": "fs_opt"}),
    ),
    ("flan", {"inputs": "2+2?", "targets": "4", "task_source": "CoT"}, chat(user("2+2?"), reply("4"), meta={"task_source": "CoT", "cot": True})),
    ("flan", {"inputs": "2+2?", "targets": "4", "task": "cot_sum_ii"}, chat(user("2+2?"), reply("4"), category="cot_sum_ii", meta={"cot": True})),
    (
        "natural_instructions",
        {"task_name": "task1_sum", "id": "task1-7", "definition": "Add.", "inputs": "2, 2", "targets": "4"},
        chat(user("Add.", "2, 2"), reply("4"), category="task1_sum", meta={"id": "task1-7"}),
    ),
    (
        "p3",
        {"inputs": [3, 1], "targets": [9, 1], "inputs_pretokenized": "2+2? ", "targets_pretokenized": "\n4", "answer_choices": ["3", "4"]},
        chat(user("2+2?"), reply("4"), meta={"inputs": [3, 1], "targets": [9, 1], "answer_choices": ["3", "4"]}),
    ),
    ("p3", {"inputs": [3], "targets": [9], "inputs_pretokenized": "2+2?", "targets_pretokenized": "4"}, chat(user("2+2?"), reply("4"), meta={"inputs": [3], "targets": [9]})),
    ("prompt_completion", {"prompt": "2+2?", "completion": "4"}, chat(user("2+2?"), reply("4"))),
    ("prompt_completion", {"prompt": "2+2?", "response": "4", "helpfulness": 4}, chat(user("2+2?"), reply("4"), meta={"helpfulness": 4})),
    (
        "prompt_completion",
        {"prompt": [{"role": "system", "content": "Add."}, {"role": "user", "content": "2+2?"}], "completion": [{"role": "assistant", "content": "4", "logprob": -0.5}]},
        chat(system("Add."), user("2+2?"), reply("4"), meta={"turns": [{}, {}, {"logprob": -0.5}]}),
    ),
    ("kto", {"prompt": "2+2?", "completion": "4", "label": True}, chat(user("2+2?"), reply("4"), meta={"label": True})),
    ("kto", {"prompt": "2+2?", "completion": "5", "label": False}, pp.drop("the label is false")),
    # --- lists of turns
    ("sharegpt", {"id": 7, "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}, chat(pp.Message("human", "Hi"), pp.Message("gpt", "Hello!"), meta={"id": "7"})),
    (
        "sharegpt",
        {"conversations": [{"from": "system", "value": "Add."}, {"from": "human", "value": "2+2?", "weight": 0}, {"from": "gpt", "value": "4", "weight": 1}]},
        chat(system("Add."), pp.Message("human", "2+2?", learn=False), pp.Message("gpt", "4", learn=True)),
    ),
    (
        "sharegpt",
        {
            "system": "Add.",
            "tools": json.dumps([ADD]),
            "conversations": [
                {"from": "human", "value": "2+2?"},
                {"from": "function_call", "value": '{"name": "add", "arguments": {"a": 2, "b": 2}}'},
                {"from": "observation", "value": "4"},
                {"from": "gpt", "value": "It is 4."},
            ],
        },
        chat(
            system("Add."), pp.Message("human", "2+2?"),
            pp.Message("function_call", "", tool_calls=(call("add", {"a": 2, "b": 2}),)),
            pp.Message("observation", "4"), pp.Message("gpt", "It is 4."), tools=(ADD_TOOL,),
        ),
    ),
    (
        "sharegpt",
        {"conversations": [{"from": "human", "value": "2+2?"}], "chosen": {"from": "gpt", "value": "4"}, "rejected": {"from": "gpt", "value": "5"}},
        chat(pp.Message("human", "2+2?"), pp.Message("gpt", "4"), rejected=pp.Message("gpt", "5")),
    ),
    ("sharegpt", {"dialog": [{"speaker": "A", "text": "Hi"}, {"speaker": "B", "text": "Hello!"}]}, chat(pp.Message("A", "Hi"), pp.Message("B", "Hello!"))),
    ("sharegpt", {"idx": "a1", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}, chat(pp.Message("human", "Hi"), pp.Message("gpt", "Hello!"), meta={"idx": "a1"})),
    (
        "sharegpt",
        {"items": [{"role": "user", "text": "Hi", "train": False}, {"role": "assistant", "text": "Hello!", "train_detail": [{"begin_offset": 0, "end_offset": 4, "train": False}]}]},
        chat(user("Hi", learn=False), reply("Hello!", learn=(("Hello", False), ("!", True)))),
    ),
    (
        "messages",
        {"messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": [{"type": "text", "text": "Hm. ", "weight": 0}, {"type": "text", "text": "4"}]}]},
        chat(user("2+2?"), reply("Hm. 4", learn=(("Hm. ", False), ("4", True)))),
    ),
    (
        "messages",
        {"messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": [{"text": "Hm. ", "train": False}, {"text": "4", "train": False}]}]},
        chat(user("2+2?"), reply("Hm. 4", learn=False)),
    ),
    (
        "messages",
        {"messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4", "train_detail": [{"begin_offset": 0, "end_offset": 7, "train": False}]}]},
        chat(user("2+2?"), reply("4"), meta={"turns": [{}, {"train_detail": [{"begin_offset": 0, "end_offset": 7, "train": False}]}]}),
    ),
    ("pairs", {"system": "Be kind.", "conversation": [{"human": "Hi", "assistant": "Hello!"}]}, chat(system("Be kind."), user("Hi"), reply("Hello!"))),
    (
        "pairs",
        {"source": "Airoboros", "conversation": [{"input": "Hi", "output": "Hello!"}, {"input": "2+2?", "output": "4"}]},
        chat(user("Hi"), reply("Hello!"), user("2+2?"), reply("4"), meta={"source": "Airoboros"}),
    ),
    ("ultrachat", {"id": "0", "data": ["Hi", "Hello!", "2+2?", "4"]}, chat(user("Hi"), reply("Hello!"), user("2+2?"), reply("4"), meta={"id": "0"})),
    ("lima", {"conversations": ["Hi", "Hello!"], "source": "stackexchange"}, chat(user("Hi"), reply("Hello!"), meta={"source": "stackexchange"})),
    ("lima", {"conversations": ["Hi"], "source": "test"}, chat(user("Hi"), meta={"source": "test"})),
    ("messages", {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}, chat(user("Hi"), reply("Hello!"))),
    (
        "messages",
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "2+2?"}], "name": "Ann"},
                {"role": "assistant", "content": None, "tool_calls": [OPENAI_CALL], "refusal": None, "weight": 0},
                {"role": "tool", "content": "4", "tool_call_id": "call_1"},
                {"role": "assistant", "content": "4", "reasoning_content": "Just add.", "weight": 1},
            ],
            "tools": [ADD_TOOL],
            "parallel_tool_calls": False,
        },
        chat(
            user([{"type": "text", "text": "2+2?"}], name="Ann"), reply(None, tool_calls=(OPENAI_CALL,), learn=False),
            pp.Message("tool", "4", tool_call_id="call_1"), reply("4", reasoning="Just add.", learn=True),
            tools=(ADD_TOOL,), meta={"parallel_tool_calls": False},
        ),
    ),
    (
        "messages",
        {"functions": [ADD], "messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "function_call": {"name": "add", "arguments": "{}"}}]},
        chat(user("2+2?"), reply(None, tool_calls=(call("add", "{}"),)), tools=(ADD_TOOL,)),
    ),
    ("messages", {"messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}], "rejected_response": "5"}, chat(user("2+2?"), reply("4"), rejected=reply("5"))),
    (
        "messages",  # ultrachat_200k
        {"prompt": "Hi", "prompt_id": "f0e3", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]},
        chat(user("Hi"), reply("Hello!"), meta={"prompt": "Hi", "prompt_id": "f0e3"}),
    ),
    ("messages", {"text": "<user>Hi", "messages": [{"role": "user", "content": "Hi"}]}, chat(user("Hi"), meta={"text": "<user>Hi"})),
    ("messages", {"messages": [{"role": "user", "content": "Hi", "input": "a", "output": "b"}]}, chat(user("Hi"), meta={"turns": [{"input": "a", "output": "b"}]})),
    (
        "messages",  # WildChat
        {
            "conversation_hash": "ab", "model": "gpt-4", "turn": 1, "language": "English", "toxic": False, "redacted": True,
            "conversation": [{"role": "user", "content": "Hi", "language": "English", "toxic": False}, {"role": "assistant", "content": "Hello!", "toxic": False}],
        },
        chat(
            user("Hi"), reply("Hello!"),
            meta={
                "conversation_hash": "ab", "model": "gpt-4", "turn": 1, "language": "English", "toxic": False, "redacted": True,
                "turns": [{"language": "English", "toxic": False}, {"toxic": False}],
            },
        ),
    ),
    # --- preferences
    ("preference", {"prompt": "2+2?", "chosen": "4", "rejected": "5"}, chat(user("2+2?"), reply("4"), rejected=reply("5"))),
    ("preference", {"chosen": "The sky is blue.", "rejected": "The sky is black."}, chat(user("The sky is"), reply("blue."), rejected=reply("black."))),
    (
        "preference",
        {"chosen": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}], "rejected": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "5"}]},
        chat(user("2+2?"), reply("4"), rejected=reply("5")),
    ),
    (
        "preference",
        {"prompt": [{"role": "user", "content": "2+2?"}], "chosen": [{"role": "assistant", "content": "4"}], "rejected": [{"role": "assistant", "content": "5"}]},
        chat(user("2+2?"), reply("4"), rejected=reply("5")),
    ),
    (
        "preference",  # UltraFeedback, binarized
        {
            "prompt": "2+2?", "prompt_id": "a", "score_chosen": 8.5, "score_rejected": 3.0,
            "chosen": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}],
            "rejected": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "5"}],
            "messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}],
        },
        chat(
            user("2+2?"), reply("4"), rejected=reply("5"),
            meta={"prompt_id": "a", "score_chosen": 8.5, "score_rejected": 3.0, "messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}]},
        ),
    ),
    (
        "openai_preference",
        {
            "input": {"messages": [{"role": "user", "content": "2+2?"}], "tools": [ADD_TOOL], "parallel_tool_calls": True},
            "preferred_output": [{"role": "assistant", "content": "4"}],
            "non_preferred_output": [{"role": "assistant", "content": "5"}],
        },
        chat(user("2+2?"), reply("4"), rejected=reply("5"), tools=(ADD_TOOL,), meta={"parallel_tool_calls": True}),
    ),
    ("hh", {"chosen": HH + "4", "rejected": HH + "5"}, chat(user("Hi"), reply("Hello!"), user("2+2?"), reply("4"), rejected=reply("5"))),
    (
        "hh",  # the two part before their last turn
        {"chosen": HH + "4", "rejected": HH.replace("Hello", "Yes") + "5"},
        chat(user("Hi"), reply("Hello!"), user("2+2?"), reply("4"), meta={"rejected": HH.replace("Hello", "Yes") + "5"}),
    ),
    ("hh", {"transcript": "\n\nHuman: Say Human: now\n\nAssistant: No"}, chat(user("Say Human: now"), reply("No"))),
    ("hh", {"transcript": "\n\nHuman: Hi\n\nAssistant: Hello!\n\n", "rating": 4.0, "tags": None}, chat(user("Hi"), reply("Hello!"), meta={"rating": 4.0, "tags": None})),
    (
        "ultrafeedback",
        {
            "source": "sharegpt", "instruction": "2+2?", "models": ["a", "b", "c"], "correct_answers": ["None"],
            "completions": [
                {"model": "a", "response": "5", "annotations": {"honesty": {"Rating": "1"}, "truthfulness": {"Rating": "2"}}},
                {"model": "b", "response": "4", "annotations": {"honesty": {"Rating": "5"}, "truthfulness": {"Rating": "N/A"}}},
                {"model": "c", "response": "?", "annotations": {"honesty": {"Rating": "N/A"}}},
            ],
        },
        chat(
            user("2+2?"), reply("4"), rejected=reply("5"),
            meta={
                "source": "sharegpt", "models": ["a", "b", "c"], "correct_answers": ["None"],
                "score_chosen": 5.0, "model_chosen": "b", "score_rejected": 1.5, "model_rejected": "a",
            },
        ),
    ),
    (
        "nectar",
        {"prompt": "\n\nHuman: 2+2?\n\nAssistant: ", "answers": [{"answer": "5", "model": "a", "rank": 2.0}, {"answer": "4", "model": "b", "rank": 1.0}], "turns": 1},
        chat(user("2+2?"), reply("4"), rejected=reply("5"), meta={"turns": 1, "score_chosen": -1.0, "model_chosen": "b", "score_rejected": -2.0, "model_rejected": "a"}),
    ),
    (
        "shp",
        {"post_id": "x", "domain": "askculinary_train", "history": "Rice?", "human_ref_A": "No.", "human_ref_B": "In water.", "labels": 0, "score_A": 1, "score_B": 9},
        chat(user("Rice?"), reply("In water."), rejected=reply("No."), meta={"post_id": "x", "domain": "askculinary_train", "score_A": 1, "score_B": 9}),
    ),
    # --- tools
    (
        "glaive",
        {
            "system": "SYSTEM: You may use these functions -\n" + json.dumps(ADD, indent=4) + "\n\n" + json.dumps({"name": "sub"}),
            "chat": (
                "USER: 2+2?\n\n\nASSISTANT: <functioncall> {\"name\": \"add\", \"arguments\": '{\"a\": 2, \"b\": 2}'} <|endoftext|>\n\n\n"
                'FUNCTION RESPONSE: {"sum": 4}\n\n\nASSISTANT: It is 4. <|endoftext|>\n\n\n'
            ),
        },
        chat(
            system("You may use these functions -"), user("2+2?"), reply("", tool_calls=(call("add", '{"a": 2, "b": 2}'),)),
            pp.Message("tool", '{"sum": 4}'), reply("It is 4."),
            tools=(ADD_TOOL, {"type": "function", "function": {"name": "sub"}}),
        ),
    ),
    ("glaive", {"system": "SYSTEM: Just chat.\n", "chat": "USER: Hi\n\n\nASSISTANT: Hello!\nYou? <|endoftext|>"}, chat(system("Just chat."), user("Hi"), reply("Hello!\nYou?"))),
    (
        "xlam",
        {"id": 12, "query": "2+2?", "tools": json.dumps([ADD]), "answers": json.dumps([{"name": "add", "arguments": {"a": 2, "b": 2}}])},
        chat(user("2+2?"), reply("", tool_calls=(call("add", {"a": 2, "b": 2}),)), tools=(ADD_TOOL,), meta={"id": "12"}),
    ),
    # --- tasks
    (
        "self_instruct",
        {"id": "seed_task_0", "name": "sums", "instruction": "Add.", "instances": [{"input": "2, 2", "output": "4"}, {"input": "", "output": "0"}], "is_classification": False},
        [
            chat(user("Add.", "2, 2"), reply("4"), meta={"id": "seed_task_0", "name": "sums", "is_classification": False}),
            chat(user("Add."), reply("0"), meta={"id": "seed_task_0", "name": "sums", "is_classification": False}),
        ],
    ),
    (
        "super_ni",
        {
            "Contributors": ["Ann"], "Categories": ["Arithmetic"], "Definition": ["Add."], "Instance License": ["MIT"],
            "Positive Examples": [{"input": "1, 1", "output": "2", "explanation": "1 + 1"}], "Negative Examples": [],
            "Instances": [{"id": "task1-a", "input": "2, 2", "output": ["4"]}, {"input": "3, 3", "output": ["6", "six"]}],
        },
        [
            chat(user("Add.", "2, 2"), reply("4"), category="Arithmetic", meta={"Contributors": ["Ann"], "Instance License": ["MIT"], "id": "task1-a"}),
            chat(user("Add.", "3, 3"), reply("6"), category="Arithmetic", meta={"Contributors": ["Ann"], "Instance License": ["MIT"], "references": ["6", "six"]}),
        ],
    ),
    # --- trees
    (
        "oasst",
        TREE,
        chat(
            pp.Message("prompter", "2+2?"), reply("4"), group="m1",
            meta={"tree_state": "ready_for_export", "lang": "en", "turns": [{"message_id": "m1", "lang": "en", "deleted": False}, {"message_id": "m3", "rank": 0, "labels": LABELS}]},
        ),
    ),
    (
        "oasst",
        {"thread_id": "m3", "thread": [{"text": "2+2?", "role": "prompter", "lang": "de"}, {"text": "4", "role": "assistant"}]},
        chat(pp.Message("prompter", "2+2?"), reply("4"), group="m3", meta={"lang": "de", "turns": [{"lang": "de"}, {}]}),
    ),
    (
        "oasst_messages",
        {"message_id": "m2", "parent_id": "m1", "text": "4", "role": "assistant", "lang": "en", "message_tree_id": "m1", "tree_state": "ready_for_export", "rank": 0},
        pp.drop("belongs to no tree: its parent is missing, or its message_id came before"),
    ),
    ("text", {"text": "Once upon a time.", "url": "https://example.com"}, chat(reply("Once upon a time."), meta={"url": "https://example.com", "plain": True})),
]  # fmt: skip
NAMED = [pytest.param(*case, id=f"{case[0]}-{number}") for number, case in enumerate(CASES)]


@pytest.mark.parametrize(("name", "row", "expected"), NAMED)
def test_a_published_row_becomes_these_messages(name, row, expected):
    before = json.dumps(row)
    assert FORMATS[name]()(row) == expected
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
        {"definition": "Add.", "targets": "4"},
    ],
)
def test_these_are_rows_of_no_format(row):
    assert {name for name, made in FORMATS.items() if made().matches(row)} == set()


def test_the_names_that_others_import():
    assert (FORMATS["alpaca"], FORMATS["messages"], FORMATS["sharegpt"]) == (Alpaca, Messages, ShareGPT)


# --- What the docs show --------------------------------------------------------------------------

PAGE = (ROOT / "docs/formats.md").read_text("utf-8")
SHOWN = re.findall(r"^\| `(\w+)` \| `(\{.*\})` \| (.*) \|$", PAGE, flags=re.M)


def written(made):
    """A conversation as the page writes it."""
    said = []
    for message in made.messages + ((pp.replace(made.rejected, role="rejected"),) if made.rejected else ()):
        text = message.content + (f" (about: {message.context})" if message.context else "")
        said.append(f"{message.role}: {text or 'calls ' + message.tool_calls[0]['function']['name']}")
    return " / ".join(said)


@pytest.mark.parametrize(("name", "row", "becomes"), SHOWN, ids=[name for name, _, _ in SHOWN])
def test_a_row_of_the_docs_becomes_what_they_say(name, row, becomes):
    row = json.loads(row)
    made = FORMATS[name]()(row)
    assert written(made[0] if isinstance(made, list) else made) == becomes
    counts = {other: made().matches(row) for other, made in FORMATS.items()}
    assert [other for other, count in counts.items() if count == max(counts.values())] == [name]


def test_the_docs_show_every_format():
    assert {name for name, _, _ in SHOWN} == set(FORMATS) - {"oasst_messages"}
    assert "`oasst_messages` reads" in PAGE


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_explained_by_an_example(name):
    line = inspect.getdoc(FORMATS[name]).partition("\n")[0]
    assert line.startswith('{"') and line.endswith("}")
    if "..." not in line:
        row = json.loads(line)
        assert max(FORMATS, key=lambda other: FORMATS[other]().matches(row)) == name


# --- What a missing structure is called, and what is left to repair -------------------------------


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("alpaca", {"output": "x"}, "instruction is missing"),
        ("alpaca", {"instruction": "x"}, "output is missing"),
        ("alpaca", {"instruction": "x", "output": "y", "history": "z"}, "history is not a list"),
        ("alpaca", {"instruction": "x", "output": "y", "history": [["z"]]}, "a turn of history is not a pair"),
        ("messages", {}, "messages is missing"),
        ("sharegpt", {"conversations": "Hi"}, "conversations is not a list"),
        ("sharegpt", {"conversations": ["Hi"]}, "a turn is not an object"),
        ("pairs", {"conversation": [{"a": 1}]}, "a turn is not a pair"),
        ("pairs", {}, "conversation is missing"),
        ("ultrachat", {"data": 1}, "data is not a list"),
        ("lima", {}, "conversations is missing"),
        ("prompt_completion", {"prompt": "x"}, "completion is missing"),
        ("prompt_completion", {"prompt": "x", "completion": [{"role": "assistant"}, 7]}, "a turn is not an object"),
        ("preference", {"chosen": "x"}, "rejected is missing"),
        ("openai_preference", {"input": "x"}, "input is not an object"),
        ("openai_preference", {"input": {}}, "input.messages is not a list"),
        ("hh", {"chosen": "x", "rejected": "y"}, "chosen does not begin with a mark: it tells nobody who speaks"),
        ("hh", {"chosen": HH}, "rejected is missing"),
        ("hh", {"transcript": 3}, "transcript is not text"),
        ("ultrafeedback", {"instruction": "x", "completions": []}, "completions is not a list of objects"),
        ("nectar", {"prompt": HH, "answers": ["x"]}, "answers is not a list of objects"),
        ("shp", {"history": "x", "human_ref_A": "", "human_ref_B": "", "labels": "A"}, "labels is neither 0 nor 1"),
        ("glaive", {"chat": "Hi"}, "chat does not begin with a mark: it tells nobody who speaks"),
        ("glaive", {}, "chat is missing"),
        ("xlam", {"query": "x", "answers": "[{"}, "answers is not a list of calls"),
        ("xlam", {"answers": "[]"}, "query is missing"),
        ("self_instruct", {"instruction": "x", "instances": {}}, "instances is not a list"),
        ("super_ni", {"Definition": "x"}, "Instances is missing"),
        ("oasst", {"message_tree_id": "x"}, "prompt is missing"),
        ("oasst", {"prompt": node("a", "prompter", "x", deleted=True)}, "the prompt was deleted or failed review"),
        ("oasst", {"prompt": node("a", "prompter", "x")}, "no reply"),
        ("text", {}, "text is missing"),
    ],
)  # fmt: skip
def test_a_row_without_the_structure_is_dropped(name, row, reason):
    assert FORMATS[name]()(row) == pp.drop(reason)


@pytest.mark.parametrize("odd", [None, 7, 0.5, True, [], ["a"], {"text": "a"}, ""])
def test_odd_words_and_roles_are_left_to_repair(odd):
    assert Alpaca()({"instruction": "Hi", "output": odd}).messages == (user("Hi"), reply(odd))
    turns = [{"role": odd, "content": odd}]
    assert Messages()({"messages": turns}).messages == (pp.Message(odd, odd),)
    learned = Messages()({"messages": [{"role": "user", "content": "", "weight": odd}]}).messages[0].learn
    assert learned == odd and (learned is True) == (odd is True)


# --- Columns --------------------------------------------------------------------------------------


def test_the_first_of_two_replies_counts_and_the_other_stays():
    row = {"instruction": "2+2?", "output": "4", "chosen": "four"}
    assert Alpaca()(row) == chat(user("2+2?"), reply("4"), meta={"chosen": "four"})


def test_a_context_of_a_listed_prompt_is_kept():
    row = {"instruction": [{"role": "user", "content": "Hi"}], "input": "x", "output": "y", "": 1}
    assert Alpaca()(row) == chat(user("Hi"), reply("y"), meta={"input": "x", "": 1})


def test_a_key_that_only_a_format_may_set_is_kept_under_another_name():
    row = {
        "messages": [{"role": "assistant", "content": "x", "extra": 1}],
        "plain": True,
        "turn": 3,
        "turns": 5,
    }
    assert Messages()(row).meta == {"row_plain": True, "turn": 3, "row_turns": 5, "turns": [{"extra": 1}]}
    cot = FORMATS["openorca"]()(
        {"id": "cot.1", "system_prompt": "", "question": "", "response": "", "cot": "yes"}
    )
    assert cot.meta == {"id": "cot.1", "cot": True, "row_cot": "yes"}


def test_a_category_is_text():
    for category, expected, meta in (
        ("maths", "maths", {}),
        (3, "", {"category": 3}),
        (None, "", {"category": None}),
    ):
        made = Alpaca()({"instruction": "", "output": "", "category": category})
        assert (made.category, made.meta) == (expected, meta)
    flan = FORMATS["flan"]()({"inputs": "", "targets": "", "task": 7})
    assert (flan.category, flan.meta) == ("", {"task": 7})


def test_undesired_replies_are_kept_where_the_recipe_says_so():
    row = {"prompt": "2+2?", "completion": "5", "label": False}
    assert FORMATS["kto"](undesired="keep")(row) == chat(user("2+2?"), reply("5"), meta={"label": False})


def test_null_and_empty_say_nothing():
    assert Alpaca()(
        {"instruction": "Hi", "input": None, "output": "x", "system": "", "history": None, "": 1}
    ) == chat(user("Hi"), reply("x"), meta={"": 1})
    assert Messages()({"messages": [{"role": "user", "content": "Hi"}], "system": ""}) == chat(user("Hi"))


# --- Turns ----------------------------------------------------------------------------------------


def test_turns_in_json_text_are_read_as_a_table_holds_them():
    turns = json.dumps([{"role": "user", "content": "Hi"}])
    row = {"messages": turns}
    assert FORMATS["oasst"]()({"thread": turns}) == chat(user("Hi"))
    assert Messages().matches(row) and Messages()(row) == chat(user("Hi"))


def test_a_list_may_change_its_dialect():
    row = {"conversations": [{"from": "human", "value": "Hi"}, {"role": "assistant", "content": "Hello!"}]}
    assert ShareGPT()(row) == chat(pp.Message("human", "Hi"), reply("Hello!"))


def test_a_system_text_that_the_turns_repeat_is_said_once():
    row = {
        "system": "Add.",
        "messages": [{"role": "system", "content": "Add."}, {"role": "user", "content": "Hi"}],
    }
    assert Messages()(row) == chat(system("Add."), user("Hi"))
    assert Messages()(row | {"system": "Sum."}).messages[:2] == (system("Sum."), system("Add."))
    assert Messages()(row | {"system": None}) == chat(system("Add."), user("Hi"))


def test_what_a_turn_says_beside_lines_up_with_its_message():
    row = {"system": "Add.", "messages": [{"role": "user", "content": "Hi", "mood": "good", "void": None}]}
    assert Messages()(row).meta == {"turns": [{}, {"mood": "good"}]}


def test_tools_that_cannot_be_read_stay_in_meta():
    for tools in ("none", 3, [1], '[{"name": '):
        row = {"messages": [], "tools": tools}
        assert Messages()(row) == chat(meta={"tools": tools})
    assert Messages()({"messages": [], "tools": ""}) == chat()
    assert Messages()({"messages": [], "tools": {"type": "web_search"}}).tools == ({"type": "web_search"},)


def test_a_call_that_is_no_json_stays_what_was_said():
    row = {"conversations": [{"from": "function_call", "value": "add 2 and 2"}]}
    assert ShareGPT()(row) == chat(pp.Message("function_call", "add 2 and 2"))
    glaive = {"system": "SYSTEM: Use {this", "chat": "USER: Hi\n\n\nASSISTANT: Well <functioncall> add"}
    assert FORMATS["glaive"]()(glaive) == chat(
        system("Use {this"), user("Hi"), reply("Well <functioncall> add")
    )


def test_a_call_is_found_in_either_spelling():
    quoted = (
        """USER: x\n\n\nASSISTANT: Well. <functioncall> {"name": "say", "arguments": '{"text": "it\\'s"}'}"""
    )
    assert FORMATS["glaive"]()({"chat": quoted}) == chat(
        user("x"), reply("Well.", tool_calls=(call("say", '{"text": "it\'s"}'),))
    )
    asked = FORMATS["glaive"]()({"chat": 'USER: What is <functioncall> {"name": "f"}'})
    assert asked == chat(user('What is <functioncall> {"name": "f"}'))
    assert Messages()({"messages": [], "tools": ['{"name": "f"}']}).tools == (
        {"type": "function", "function": {"name": "f"}},
    )
    for value in ('[{"x": 1}]', "[]", "{}"):
        assert ShareGPT()({"conversations": [{"from": "tool_call", "value": value}]}) == chat(
            pp.Message("tool_call", value)
        )
    both = [{"from": "function_call", "value": '{"name": "g"}', "tool_calls": [OPENAI_CALL]}]
    assert ShareGPT()({"conversations": both}) == chat(
        pp.Message("function_call", '{"name": "g"}', tool_calls=(OPENAI_CALL,))
    )


def test_the_list_is_the_first_name_that_holds_one():
    row = {"messages": None, "data": "2026", "conversations": [{"from": "human", "value": "Hi"}]}
    assert ShareGPT()(row) == chat(pp.Message("human", "Hi"), meta={"messages": None, "data": "2026"})


def test_a_format_counts_the_keys_that_it_reads():
    turns = [{"from": "human", "value": "Hi"}]
    assert (
        ShareGPT().matches(
            {"conversations": turns, "chosen": turns[0], "rejected": turns[0], "system": "", "x": 1}
        )
        == 4
    )
    assert Alpaca().matches({"instruction": "", "input": "", "output": "", "x": 1}) == 3


def test_calls_of_a_wrong_type_are_left_to_repair():
    assert (
        Messages()({"messages": [{"role": "assistant", "tool_calls": "add"}]}).messages[0].tool_calls == "add"
    )


# --- Preferences ----------------------------------------------------------------------------------


def test_a_prompt_that_the_chosen_turns_do_not_repeat_is_not_lost():
    turns = [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}]
    row = {
        "prompt": "Add two and two.",
        "chosen": turns,
        "rejected": [turns[0], {"role": "assistant", "content": "5"}],
    }
    expected = chat(user("2+2?"), reply("4"), rejected=reply("5"), meta={"prompt": "Add two and two."})
    assert FORMATS["preference"]()(row) == expected
    above = [{"role": "system", "content": "Add."}]
    assert FORMATS["preference"]()(row | {"prompt": above}).messages == (
        system("Add."),
        user("2+2?"),
        reply("4"),
    )


def test_replies_of_several_turns_go_on_from_their_prompt():
    asked = [{"role": "user", "content": "Hi"}]
    more = [
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "2+2?"},
        {"role": "assistant", "content": "4"},
    ]
    worse = [*more[:2], {"role": "assistant", "content": "5"}]
    made = FORMATS["preference"]()({"prompt": asked, "chosen": more, "rejected": worse})
    assert made == chat(user("Hi"), reply("Hello!"), user("2+2?"), reply("4"), rejected=reply("5"))


def test_texts_that_share_nothing_have_no_prompt():
    assert FORMATS["preference"]()({"chosen": "4", "rejected": "5"}) == chat(reply("4"), rejected=reply("5"))


@pytest.mark.parametrize(
    ("ratings", "best", "worst"),
    [
        (["3", "5", "4"], "1", "0"),
        (["3", "3", "3"], "0", None),
        (["N/A", "nan", None], "0", None),
        (["N/A", "2", "inf"], "1", None),
        (["1", "5", "1"], "1", "2"),
    ],
)
def test_the_best_is_the_reply_and_the_worst_is_rejected(ratings, best, worst):
    answers = [{"response": str(i), "annotations": {"honesty": {"Rating": r}}} for i, r in enumerate(ratings)]
    made = FORMATS["ultrafeedback"]()({"instruction": "2+2?", "completions": answers})
    assert made.messages == (user("2+2?"), reply(best))
    assert made.rejected == (None if worst is None else reply(worst))


# --- Tasks ----------------------------------------------------------------------------------------


def test_a_task_shows_its_definition_and_examples():
    task = next(row for name, row, _ in CASES if name == "super_ni")
    super_ni = FORMATS["super_ni"]

    def prompts(**options):
        return [made.messages[0] for made in super_ni(**options)(task)]

    assert prompts(definition=False) == [user("2, 2"), user("3, 3")]
    assert prompts(examples=1)[0] == user("Add.\n\nInput: 1, 1\nOutput: 2", "2, 2")
    assert prompts(definition=False, examples=3)[0] == user("Input: 1, 1\nOutput: 2", "2, 2")
    assert super_ni()(task | {"Definition": "Sum."})[0].messages[0] == user("Sum.", "2, 2")
    many = super_ni()(task | {"Categories": ["Sums", "Maths"]})[0]
    assert (many.category, many.meta["Categories"]) == ("Sums", ["Sums", "Maths"])
    assert super_ni()(task | {"Instances": [1]}) == [pp.drop("an instance is not an object")]


# --- Trees ----------------------------------------------------------------------------------------

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


# --- Any row --------------------------------------------------------------------------------------

WORDS = ["human", "gpt", "user", "assistant", "tool", "function_call", "", "\n\nHuman: a\n\nAssistant: b", "USER: a\nASSISTANT: <functioncall> {", "[{", '[{"name": "f"}]', "\ud800", "nan", "CoT"]  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ROW_KEYS = sorted({key for _, row, _ in CASES for key in row} | {"", "plain", "cot"})
TURN_KEYS = [
    "from", "role", "value", "content", "text", "speaker", "weight", "train", "tool_calls", "function_call", "name", "tool_call_id", "thinking",
    "input", "output", "human", "assistant", "replies", "rank", "deleted", "lang", "response", "annotations", "answer", "messages", "message_id", "parent_id",
]  # fmt: skip
turn = st.dictionaries(
    st.sampled_from(TURN_KEYS),
    anything
    | st.sampled_from(WORDS)
    | st.lists(st.dictionaries(st.sampled_from(TURN_KEYS), anything, max_size=4), max_size=2),
    max_size=6,
)
rows = st.dictionaries(st.sampled_from(ROW_KEYS), turn | st.lists(turn, max_size=3) | anything, max_size=8)


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_no_row_crashes_a_format(name, data):
    published = [row for other, row, _ in CASES if other == name]
    row = data.draw(st.sampled_from(published)) | data.draw(rows)
    format = FORMATS[name]()
    assert type(format.matches(row)) is int
    before = repr(row)
    results = format(row)
    for result in results if isinstance(results, list) else [results]:
        assert isinstance(result, pp.Conversation | pp.Drop)
    assert repr(row) == before, "a format changed its row"


@pytest.mark.parametrize(
    "name", [name for name in FORMATS if name not in ("super_ni", "self_instruct", "oasst", "oasst_messages")]
)
@given(extra=st.dictionaries(st.text(max_size=6).map(lambda key: "x_" + key), anything, max_size=4))
@settings(max_examples=20, deadline=None)
def test_whatever_else_a_row_says_is_in_meta(name, extra):
    row, expected = next(
        (row, made) for other, row, made in CASES if other == name and isinstance(made, Conversation)
    )
    made = FORMATS[name]()(row | extra)
    assert repr({key: made.meta[key] for key in extra}) == repr(extra)
    assert made.messages == expected.messages


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4))
def test_a_chat_survives_every_way_of_writing_it(pairs):
    expected = [text for pair in pairs for text in pair]
    for name, row in {
        "messages": {"messages": [{"role": r, "content": t} for pair in pairs for r, t in zip(("user", "assistant"), pair, strict=True)]},
        "sharegpt": {"conversations": [{"from": r, "value": t} for pair in pairs for r, t in zip(("human", "gpt"), pair, strict=True)]},
        "pairs": {"conversation": [{"human": q, "assistant": a} for q, a in pairs]},
        "ultrachat": {"data": expected},
        "query_response": {"query": pairs[-1][0], "response": pairs[-1][1], "history": [list(pair) for pair in pairs[:-1]]},
        "openai_preference": {
            "input": {"messages": [{"role": "user", "content": text} for text in expected[:-1]]},
            "preferred_output": [{"role": "assistant", "content": expected[-1]}], "non_preferred_output": [{"role": "assistant", "content": ""}],
        },
    }.items():  # fmt: skip
        made = FORMATS[name]()(row)
        assert [message.content for message in made.messages] == expected, name


@pytest.mark.parametrize(("name", "row", "expected"), NAMED)
def test_a_conversation_can_be_stored_and_read_back(name, row, expected):
    made = FORMATS[name]()(row)
    for one in made if isinstance(made, list) else [made]:
        if isinstance(one, Conversation) and all(isinstance(m.content, str) for m in one.messages):
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=Conversation) == one
        else:
            assert one == expected or one in expected
