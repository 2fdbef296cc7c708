"""Lists of turns in their dialects."""

import json

import pitchpipe as pp
from pitchpipe_components.formats import FORMATS, Alpaca, Messages, ShareGPT
from tests.components.formats.published import chat, notes_of, reply, system, user, without_notes


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
    made = Messages()(row)
    assert without_notes(made).meta == {"turns": [{}, {"mood": "good"}]}
    assert notes_of(made) == ("keys of turns not read: mood",)


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


def test_what_tools_answered_within_a_users_turn_are_messages_of_the_tools():
    answered = [
        {"type": "tool_result", "tool_use_id": "t1", "content": "7"},
        {
            "type": "tool_result",
            "tool_use_id": "t2",
            "content": [{"type": "text", "text": "8"}],
            "is_error": True,
        },
        {"type": "text", "text": "And now?"},
    ]
    made = without_notes(Messages()({"messages": [{"role": "user", "content": answered}]}))
    assert made.messages == (
        pp.Message("tool", "7", tool_call_id="t1"),
        pp.Message("tool", [{"type": "text", "text": "8"}], tool_call_id="t2"),
        user([{"type": "text", "text": "And now?"}]),
    )
    assert made.meta == {"turns": [{}, {"is_error": True}, {}]}


def test_contents_of_parts_are_a_chat():
    row = {
        "contents": [
            {"role": "user", "parts": [{"text": "Hi"}]},
            {"role": "model", "parts": [{"text": "Hello!"}]},
        ]
    }
    assert ShareGPT().matches(row) and not Messages().matches(row)
    assert ShareGPT()(row) == chat(user([{"text": "Hi"}]), pp.Message("model", [{"text": "Hello!"}]))
