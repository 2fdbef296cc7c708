"""Rows as data sets publish them, and the conversations that they become."""

import json
from typing import Any

from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe import Conversation


def system(text: Any, **more: Any) -> pp.Message:
    return pp.Message("system", text, **more)


def user(text: Any, context: Any = "", **more: Any) -> pp.Message:
    return pp.Message("user", text, context, **more)


def reply(text: Any, **more: Any) -> pp.Message:
    return pp.Message("assistant", text, **more)


def chat(*messages: pp.Message, **more: Any) -> Conversation:
    return Conversation(messages, **more)


def without_notes(result: Any) -> Any:
    """A format's result, or its results, without the notes on them."""
    if isinstance(result, list):
        return [without_notes(one) for one in result]
    return result.conversation if isinstance(result, pp.Verdict) else result


def notes_of(result: Any) -> tuple[str, ...]:
    return result.notes if isinstance(result, pp.Verdict) else ()


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
MADE = {"generator": "answers", "teacher": "writer", "asked_model": "m", "asks": ["8f"], "parents": []}
SERVED_META = {"id": "c1", "at": 1.0, "model": "m", "consent": "client"}
SERVED = {
    "messages": [{"role": "user", "content": "Hi"}],
    "answers": [{"message": {"role": "assistant", "content": "Ho"}, "end": "stop"}],
} | SERVED_META
CASES: list[tuple[str, dict[str, Any], Any]] = [
    # --- what `pitchpipe generate` writes
    (
        "made",
        {"messages": [{"role": "user", "content": "Add.", "context": "1, 2"}, {"role": "assistant", "content": "3"}], "made": MADE, "category": "sums"},
        chat(user("Add.", "1, 2"), reply("3"), category="sums", meta={"made": MADE}),
    ),
    # --- what `pitchpipe serve` writes
    (
        "served",
        SERVED | {"feedback": {"rating": 1.0}, "label": True},
        chat(user("Hi"), reply("Ho"), meta=SERVED_META | {"feedback": {"rating": 1.0}, "label": True}),
    ),
    (
        "served",
        SERVED | {"feedback": {"better": "Hello!"}},
        chat(user("Hi"), reply("Hello!"), rejected=reply("Ho"), meta=SERVED_META | {"feedback": {"better": "Hello!"}}),
    ),
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
    ("prompts", {"prompt": "2+2?", "answer": "4", "level": 1}, chat(user("2+2?"), reply("4"), meta={"level": 1})),
    ("prompts", {"prompt": "2+2?"}, chat(user("2+2?"))),
    ("prompts", {"problem": "2+2?", "solution": "It is 4.", "answer": 4}, chat(user("2+2?"), reply("4"), meta={"solution": "It is 4."})),
    (
        "prompts",
        {"data_source": "sums", "prompt": [{"role": "user", "content": "2+2?"}], "reward_model": {"style": "rule", "ground_truth": "4"}},
        chat(user("2+2?"), reply("4"), meta={"data_source": "sums"}),
    ),
    ("prompts", {"messages": [{"role": "user", "content": "2+2?"}], "solution": "4"}, chat(user("2+2?"), reply("4"))),
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
    ("kto", {"prompt": "2+2?", "completion": "5", "label": False}, chat(user("2+2?"), reply("5"), meta={"label": False})),
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
    (
        "arena",
        {
            "question_id": "q1", "model_a": "vicuna-13b", "model_b": "koala-13b", "winner": "model_b", "judge": "arena_user_973", "turn": 1,
            "conversation_a": [{"content": "2+2?", "role": "user"}, {"content": "5", "role": "assistant"}],
            "conversation_b": [{"content": "2+2?", "role": "user"}, {"content": "4", "role": "assistant"}],
            "anony": True, "language": "English", "tstamp": 1682351591.1322,
        },
        chat(
            user("2+2?"), reply("4"), rejected=reply("5"),
            meta={
                "question_id": "q1", "model_a": "vicuna-13b", "model_b": "koala-13b", "winner": "model_b", "judge": "arena_user_973", "turn": 1,
                "anony": True, "language": "English", "tstamp": 1682351591.1322,
            },
        ),
    ),
    (
        "chatgpt",
        {
            "title": "Sums", "create_time": 1706745600.0, "moderation_results": [], "conversation_id": "c1", "current_node": "m2",
            "mapping": {
                "root": {"id": "root", "message": None, "parent": None, "children": ["m1"]},
                "m1": {
                    "id": "m1", "parent": "root", "children": ["m2"],
                    "message": {"id": "m1", "author": {"role": "user", "name": None, "metadata": {}}, "content": {"content_type": "text", "parts": ["2+2?"]}, "status": "finished_successfully", "weight": 1.0, "metadata": {}, "recipient": "all"},
                },
                "m2": {
                    "id": "m2", "parent": "m1", "children": [],
                    "message": {"id": "m2", "author": {"role": "assistant", "name": None, "metadata": {}}, "content": {"content_type": "text", "parts": ["4"]}, "status": "finished_successfully", "weight": 1.0, "metadata": {"model_slug": "gpt-4o"}, "recipient": "all"},
                },
            },
        },
        chat(user("2+2?"), reply("4"), meta={"title": "Sums", "create_time": 1706745600.0, "moderation_results": [], "conversation_id": "c1"}),
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
    # --- chats as text
    ("transcript", {"text": "<|im_start|>system\nAdd.<|im_end|>\n<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>\n"}, chat(system("Add."), user("2+2?"), reply("4"))),
    ("transcript", {"text": "### Human: 2+2?### Assistant: 4### Human: Sure?\n### Assistant: # Yes\n### Sure"}, chat(user("2+2?"), reply("4"), user("Sure?"), reply("# Yes\n### Sure"))),
    ("transcript", {"text": "<s>[INST] <<SYS>>\nAdd.\n<</SYS>>\n\n2+2? [/INST] 4 </s><s>[INST] Sure? [/INST] Yes </s>"}, chat(system("Add."), user("2+2?"), reply("4"), user("Sure?"), reply("Yes"))),
    ("transcript", {"prompt": "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n2+2?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n4<|eot_id|>"}, chat(user("2+2?"), reply("4"))),
    ("transcript", {"text": "<bos><start_of_turn>user\n2+2?<end_of_turn>\n<start_of_turn>model\n4<end_of_turn>\n"}, chat(user("2+2?"), reply("4"))),
    ("transcript", {"text": "<|user|>\n2+2?</s>\n<|assistant|>\n4</s>"}, chat(user("2+2?"), reply("4"))),
    ("transcript", {"conversation": "[USER] 2+2?\n[ASSISTANT] 4"}, chat(user("2+2?"), reply("4"))),
    ("transcript", {"text": "A chat between two. USER: 2+2? ASSISTANT: 4</s>USER: Sure? ASSISTANT: Yes</s>"}, chat(system("A chat between two."), user("2+2?"), reply("4"), user("Sure?"), reply("Yes"))),
    (
        "transcript",  # Alpaca's own template: its preamble is the template's
        {"text": "Below is an instruction that describes a task.\n\n### Instruction:\nAdd.\n\n### Input:\n2, 2\n\n### Response:\n4\n\n### Input:\nnone"},
        chat(user("Add.", "2, 2"), reply("4\n\n### Input:\nnone")),
    ),
    # --- trees of other makers
    ("oasst", {"id": 1, "root": {"from": "human", "value": "2+2?", "children": [{"from": "gpt", "value": "4", "children": []}]}}, chat(pp.Message("human", "2+2?"), pp.Message("gpt", "4"), meta={"id": "1"})),
    ("oasst", {"role": "user", "text": "2+2?", "replies": [{"role": "assistant", "text": "4"}]}, chat(user("2+2?"), reply("4"))),
    # --- near synonyms
    ("dolly", {"instruction": "Add.", "input": "2, 2", "response": "4"}, chat(user("Add.", "2, 2"), reply("4"))),
    ("dolly", {"instruction": "Add.", "input": "2, 2", "context": "", "response": "4"}, chat(user("Add.", "2, 2"), reply("4"), meta={"context": ""})),
    ("alpaca", {"instruction": "Add.", "context": "2, 2", "output": "4", "system_prompt": "Be exact."}, chat(system("Be exact."), user("Add.", "2, 2"), reply("4"))),
    ("prompt_completion", {"prompt": "Add 2, 2 and do it step by step, please.", "input": "2, 2 and do it step by step, please", "completion": "4"}, chat(user("Add 2, 2 and do it step by step, please."), reply("4"), meta={"input": "2, 2 and do it step by step, please"})),
    ("alpaca", {"instruction": "Sure?", "output": "Yes", "history": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}]}, chat(user("2+2?"), reply("4"), user("Sure?"), reply("Yes"))),
    ("alpaca", {"instruction": "Add.", "input": "2, 2", "output": ["4", "four"]}, chat(user("Add.", "2, 2"), reply(["4", "four"]))),
    # --- preferences whose prompt stands elsewhere
    ("preference", {"prompt": [{"role": "user", "content": "2+2?"}], "chosen": {"role": "assistant", "content": "4"}, "rejected": {"role": "assistant", "content": "5"}}, chat(user("2+2?"), reply("4"), rejected=reply("5"))),
    ("sharegpt", {"conversations": [{"from": "human", "value": "The sky?"}], "chosen": "It is blue.", "rejected": "It is black."}, chat(pp.Message("human", "The sky?"), reply("It is blue."), rejected=reply("It is black."))),
    ("messages", {"messages": [{"role": "user", "content": "The sky?"}, {"role": "assistant", "content": "It is blue."}], "chosen": "It is blue. ", "rejected": "It is black.", "prompt": "The sky?"}, chat(user("The sky?"), reply("It is blue."), rejected=reply("It is black."), meta={"prompt": "The sky?"})),
    ("preference", {"query": "The sky?", "chosen": "It is blue.", "rejected": "It is black.", "system": "Look."}, chat(system("Look."), user("The sky?"), reply("It is blue."), rejected=reply("It is black."))),
    (
        "preference",
        {"messages": [{"role": "user", "content": "2+2?"}], "chosen": [{"role": "assistant", "content": "4"}], "rejected": [{"role": "assistant", "content": "5"}]},
        chat(user("2+2?"), reply("4"), rejected=reply("5")),
    ),
    # --- typed parts
    (
        "messages",  # LLaMA-Factory's parts
        {"messages": [{"role": "user", "content": [{"type": "text", "value": "2+2?"}]}, {"role": "assistant", "content": [{"type": "reasoning", "value": "Add."}, {"type": "tool_call", "value": '{"name": "add", "arguments": {"a": 2}}'}]}]},
        chat(user([{"type": "text", "text": "2+2?"}]), reply("", reasoning="Add.", tool_calls=(call("add", {"a": 2}),))),
    ),
    (
        "messages",  # Anthropic's
        {"messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": [{"type": "text", "text": "Let me see."}, {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 2}}]}]},
        chat(user("2+2?"), reply([{"type": "text", "text": "Let me see."}], tool_calls=({"id": "t1", **call("add", {"a": 2})},))),
    ),
    ("persona", {"persona": "A baker.", "id": 7}, chat(reply("A baker."), meta={"id": "7", "plain": True})),
    ("text", {"text": "Once upon a time.", "url": "https://example.com"}, chat(reply("Once upon a time."), meta={"url": "https://example.com", "plain": True})),
]  # fmt: skip
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
