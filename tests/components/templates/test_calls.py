"""Tools, calls and reasoning in built-in templates."""

import pytest

import pitchpipe as pp
from pitchpipe_components.templates import CHATML, DATA
from pitchpipe_stages.render.writer import writer_of

TOOL = {"type": "function", "function": {"name": "add", "description": "Adds <|im_end|>.", "parameters": {}}}
CALL = {
    "id": "abcdefghi", "type": "function",
    "function": {"name": "add", "arguments": '{"a": "é\\n<|eot_id|>", "b": [2]}'},
}  # fmt: skip
USED = pp.Conversation(
    (
        pp.Message("system", "Be brief."),
        pp.Message("user", "2 and 2?"),
        pp.Message("assistant", "", tool_calls=(CALL,)),
        pp.Message("tool", '{"sum": 4}', name="add", tool_call_id="abcdefghi"),
        pp.Message("assistant", "4."),
    ),
    tools=(TOOL,),
)
LEARNED = {
    "chatml": '<tool_call>\n{"name": "add", "arguments": {"a": "é\\n<|eot_id|>", "b": [2]}}\n</tool_call><|im_end|>4.<|im_end|>',
    "llama3": '{"name": "add", "parameters": {"a": "é\\n<|eot_id|>", "b": [2]}}<|eot_id|>4.<|eot_id|>',
    "mistral": '[TOOL_CALLS] [{"name": "add", "arguments": {"a": "é\\n<|eot_id|>", "b": [2]}, "id": "abcdefghi"}]{eos} 4.{eos}',
}
SHOWN = {
    "chatml": '<|im_start|>user\n<tool_response>\n{"sum": 4}\n</tool_response><|im_end|>\n<|im_start|>assistant\n',
    "llama3": '<|start_header_id|>ipython<|end_header_id|>\n\n"{\\"sum\\": 4}"<|eot_id|><|start_header_id|>',
    "mistral": '[TOOL_RESULTS] {"content": {"sum": 4}, "call_id": "abcdefghi"}[/TOOL_RESULTS] 4.',
}


@pytest.mark.parametrize("name", LEARNED)
def test_calls_are_learned_and_results_are_not(name):
    pieces = list(writer_of(DATA[name])(USED))
    assert "".join(piece.text for piece in pieces if piece.learn) == LEARNED[name]
    whole = "".join(piece.text for piece in pieces)
    assert SHOWN[name] in whole and '"description": "Adds <|im_end|>."' in whole and "Be brief." in whole
    assert not any("Adds <|im_end|>" in piece.text for piece in pieces if piece.control)
    assert [p.text for p in pieces if "eot_id" in p.text and not p.control] == ["é\\n<|eot_id|>"]


def test_qwen_would_write_the_same_tools():
    """The head of Qwen3's chat template, as its makers wrote it."""
    theirs = (
        "<|im_start|>system\nBe brief.\n\n# Tools\n\nYou may call one or more functions to assist with the user"
        " query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>\n"
        '{"type": "function", "function": {"name": "add", "description": "Adds <|im_end|>.", "parameters": {}}}'
        "\n</tools>\n\nFor each function call, return a json object with function name and arguments within"
        ' <tool_call></tool_call> XML tags:\n<tool_call>\n{"name": <function-name>, "arguments":'
        " <args-json-object>}\n</tool_call><|im_end|>\n<|im_start|>user\n2 and 2?<|im_end|>\n"
    )
    assert "".join(piece.text for piece in writer_of(CHATML)(USED)).removeprefix("{bos}").startswith(theirs)


REFUSED = [
    ("mistral", {"id": "short"}, "ids of 9 letters"),
    ("llama3", {"content": "Now."}, "says nothing beside it"),
    ("chatml", {"arguments": "{"}, "arguments are no JSON"),
    ("chatml", {"name": None}, "does not say what it calls"),
    ("alpaca", {}, "cannot write tools"),
]


@pytest.mark.parametrize(("name", "change", "reason"), REFUSED)
def test_what_a_template_cannot_say_of_a_call_is_refused(name, change, reason):
    change = dict(change)
    call = {**CALL, "id": change.pop("id", CALL["id"])}
    content = change.pop("content", "")
    call["function"] = {**CALL["function"], **change}
    messages = (USED.messages[1], pp.Message("assistant", content, tool_calls=(call,)))
    with pytest.raises(pp.Quarantine, match=reason):
        list(writer_of(DATA[name])(pp.Conversation(messages)))


THOUGHT = pp.Conversation(
    (
        pp.Message("user", "1 + 1?"),
        pp.Message("assistant", "2.", reasoning="One more."),
        pp.Message("user", "2 + 2?"),
        pp.Message("assistant", "4.", reasoning="Twice two."),
    )
)


def test_reasoning_is_written_after_the_last_question():
    pieces = list(writer_of(CHATML)(THOUGHT))
    assert "One more." not in "".join(piece.text for piece in pieces)
    learned = "".join(piece.text for piece in pieces if piece.learn)
    assert learned == "<think>\nTwice two.\n</think>\n\n4.<|im_end|>"


def test_reasoning_is_kept_everywhere_where_the_recipe_says_so():
    writer = writer_of(CHATML).with_reasoning("keep")
    learned = "".join(piece.text for piece in writer(THOUGHT) if piece.learn)
    assert learned.startswith(
        "<think>\nOne more.\n</think>\n\n2.<|im_end|><think>\nTwice two.\n</think>\n\n4."
    )
