"""Tools and calls in their spellings."""

import pitchpipe as pp
from pitchpipe_components.formats import FORMATS, Messages, ShareGPT
from tests.components.formats.published import OPENAI_CALL, call, chat, reply, system, user


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


def test_calls_of_a_wrong_type_are_left_to_repair():
    assert (
        Messages()({"messages": [{"role": "assistant", "tool_calls": "add"}]}).messages[0].tool_calls == "add"
    )
