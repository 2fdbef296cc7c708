"""Messages as the official client sends them become conversations; what is not supported is refused by name."""

import msgspec
import pytest
from openai.types.chat import ChatCompletion

from pitchpipe.host.serving import Declined
from pitchpipe.records.conversation import Conversation, Message
from pitchpipe_stages.serve.words.messages import conversation_of
from pitchpipe_stages.serve.words.tools import tools_of

HI = {"role": "user", "content": "Hi"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"place": "Ghent"}'}}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
FOUND = {"role": "tool", "tool_call_id": "call_1", "content": "51 N"}
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}


def read(*messages):
    return conversation_of(list(messages)).messages


def test_every_role():
    developer = {"role": "developer", "content": "Be brief."}
    assert read(developer, HI, CALLING, FOUND, {"role": "assistant", "content": "There."}) == (
        Message("system", "Be brief."),
        Message("user", "Hi"),
        Message("assistant", "", tool_calls=(CALL,)),
        Message("tool", "51 N", tool_call_id="call_1"),
        Message("assistant", "There."),
    )


def test_parts_of_text_are_joined_as_repair_joins_those_of_rows():
    from pitchpipe_components.repair.contents import text_of

    parts = [{"type": "text", "text": text} for text in ("One.", "", "Two.")]
    (message,) = read({"role": "user", "content": parts})
    assert message.content == text_of(parts, "content", []) == "One.\nTwo."


def test_an_answer_of_the_official_client_is_sent_back_as_it_is():
    body = {
        "id": "1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {**CALLING, "refusal": None}}],
    }  # fmt: skip
    answer = ChatCompletion.model_validate(body).choices[0].message
    assert read(HI, answer.model_dump(), FOUND)[1].tool_calls == (CALL,)
    assert read(HI, answer.model_dump(exclude_none=True), FOUND)[1].tool_calls == (CALL,)


def test_reasoning_by_each_of_its_names():
    for name in ("reasoning_content", "reasoning"):
        assert (
            read(HI, {"role": "assistant", "content": "Two.", name: "One more."})[1].reasoning == "One more."
        )


def test_a_refusal_is_what_was_said():
    refused = {"role": "assistant", "content": None, "refusal": "I cannot."}
    assert read(HI, refused)[1].content == "I cannot."


WRONG = {
    "messages": [None, "Hi", {}, []],
    "messages.0": [["Hi"], [None], [[HI]]],
    "messages.0.role": [[{"content": "Hi"}], [{"role": "usr", "content": "Hi"}], [{"role": 1, "content": "Hi"}],
                        [{"role": "function", "name": "f", "content": "1"}], [{"role": ["user"], "content": "Hi"}]],
    "messages.0.content": [[{"role": "user"}], [{"role": "user", "content": None}], [{"role": "user", "content": 3}],
                           [{"role": "user", "content": {"text": "Hi"}}], [{"role": "assistant"}],
                           [{"role": "assistant", "content": None, "tool_calls": []}],
                           [{"role": "user", "content": "a\ud800b"}]],
    "messages.0.content.0": [[{"role": "user", "content": ["Hi"]}]],
    "messages.0.content.0.type": [
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}],
        [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}],
        [{"role": "user", "content": [{"type": "file", "file": {"file_id": "1"}}]}],
        [{"role": "user", "content": [{"text": "Hi"}]}],
        [{"role": "user", "content": [{"type": "refusal", "refusal": "No."}]}],
    ],
    "messages.0.content.0.text": [[{"role": "user", "content": [{"type": "text", "text": None}]}],
                                  [{"role": "user", "content": [{"type": "text", "text": "\udfff"}]}]],
    "messages.0.weight": [[{**HI, "weight": 1}]],
    "messages.0.tool_calls": [[{**HI, "tool_calls": [CALL]}]],
    "messages.0.function_call": [[{"role": "assistant", "content": None, "function_call": {"name": "f"}}]],
    "messages.0.prefix": [[{"role": "assistant", "content": "So", "prefix": True}]],
    "messages.0.name": [[{**HI, "name": 3}]],
    "messages.1.tool_calls": [[HI, {**CALLING, "tool_calls": "x"}]],
    "messages.1.tool_calls.0.id": [[HI, {**CALLING, "tool_calls": [{**CALL, "id": ""}]}],
                                   [HI, {**CALLING, "tool_calls": [{**CALL, "id": None}]}]],
    "messages.1.tool_calls.0.type": [[HI, {**CALLING, "tool_calls": [{**CALL, "type": "custom"}]}]],
    "messages.1.tool_calls.0.function": [[HI, {**CALLING, "tool_calls": [{"id": "1"}]}]],
    "messages.1.tool_calls.0.function.arguments": [
        [HI, {**CALLING, "tool_calls": [{**CALL, "function": {"name": "look", "arguments": given}}]}]
        for given in ("{", "[]", "3", {"place": "Ghent"}, '{"x": NaN}', "[" * 100_000, '{"x":' * 40 + "1" + "}" * 40)
    ],
    "messages.2.tool_call_id": [[HI, CALLING, {"role": "tool", "content": "51 N"}],
                                [HI, CALLING, {**FOUND, "tool_call_id": "call_2"}]],
}  # fmt: skip


@pytest.mark.parametrize(("param", "messages"), [(param, m) for param, many in WRONG.items() for m in many])
def test_what_is_wrong_is_named(param, messages):
    with pytest.raises(Declined) as declined:
        conversation_of(messages)
    assert (declined.value.status, declined.value.param) == (400, param)
    msgspec.json.encode([str(declined.value), declined.value.code])  # it can be sent


def test_too_many():
    with pytest.raises(Declined, match="'messages' has 4 entries, and this server reads 3"):
        conversation_of([HI] * 4, most=3)


def test_tools_are_passed_on_as_they_are():
    assert tools_of([LOOK]) == (LOOK,)
    assert conversation_of([HI], tools_of([LOOK])) == Conversation((Message("user", "Hi"),), tools=(LOOK,))
    assert tools_of([LOOK], "none") == tools_of(None) == tools_of([]) == ()


def tool(**changed):
    return {"type": "function", "function": {**LOOK["function"], **changed}}


WRONG_TOOLS = {
    "tools": ["look", {}, [LOOK] * 129],
    "tools.0": [["look"]],
    "tools.0.type": [[{"type": "custom", "custom": {"name": "x"}}]],
    "tools.0.function": [[{"type": "function"}], [{"type": "function", "function": "look"}]],
    "tools.0.function.name": [[tool(name="")], [tool(name="a b")], [tool(name="<|im_end|>")], [LOOK, LOOK]],
    "tools.0.function.strict": [[tool(strict=True)]],
    "tools.0.function.description": [[tool(description=3)], [tool(description="\ud800")]],
    "tools.0.function.parameters": [[tool(parameters=[])], [tool(parameters={"x": "\ud800"})]],
    "tools.0.function.returns": [[tool(returns="text")]],
}


@pytest.mark.parametrize(
    ("param", "tools"), [(param, t) for param, many in WRONG_TOOLS.items() for t in many]
)
def test_what_is_wrong_with_tools_is_named(param, tools):
    with pytest.raises(Declined) as declined:
        tools_of(tools)
    assert declined.value.param == param


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "look"}}, 3, ["auto"]]
)
def test_no_call_can_be_forced(choice):
    with pytest.raises(Declined) as declined:
        tools_of([LOOK], choice)
    assert declined.value.param == "tool_choice"


def test_a_choice_needs_tools():
    with pytest.raises(Declined, match="'tool_choice' needs 'tools'"):
        tools_of(None, "required")
