"""A row without the structure of its format is dropped; odd values are left to repair."""

import pytest

import pitchpipe as pp
from pitchpipe_components.formats import FORMATS, Alpaca, Messages
from tests.components.formats.published import HH, node, reply, user


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
        ("arena", {"conversation_a": [], "winner": "model_a"}, "conversation_b is missing"),
        ("arena", {"conversation_a": [], "conversation_b": [], "winner": "tie (bothbad)"}, "tie (bothbad): neither is preferred"),
        ("arena", {"conversation_a": [], "conversation_b": [], "winner": "both_bad"}, "both_bad: neither is preferred"),
        ("arena", {"conversation_a": [], "conversation_b": [], "winner": 1}, "winner is no model_a and no model_b"),
        ("chatgpt", {"mapping": []}, "mapping is not an object"),
        ("chatgpt", {}, "mapping is missing"),
        ("self_instruct", {"instruction": "x", "instances": {}}, "instances is not a list"),
        ("super_ni", {"Definition": "x"}, "Instances is missing"),
        ("oasst", {"message_tree_id": "x"}, "prompt is missing"),
        ("oasst", {"prompt": node("a", "prompter", "x", deleted=True)}, "the prompt was deleted or failed review"),
        ("oasst", {"prompt": node("a", "prompter", "x")}, "no reply"),
        ("text", {}, "text is missing"),
        ("transcript", {"text": "Human: Hi"}, "no text begins with a mark that tells who speaks"),
        ("messages", {"messages": [{"role": "gpt", "content": "4"}], "chosen": "5", "rejected": "6"}, "chosen is another reply than the last of the chat"),
    ],
)  # fmt: skip
def test_a_row_without_the_structure_is_dropped(name, row, reason):
    assert FORMATS[name]()(row) == pp.drop(reason)


@pytest.mark.parametrize("odd", [None, 7, 0.5, True, [], ["a"], {"text": "a"}, ""])
def test_odd_words_and_roles_are_left_to_repair(odd):
    assert Alpaca()({"instruction": "Hi", "output": odd}).messages == (user("Hi"), reply(odd))
    turns = [{"role": odd, "content": odd}]
    assert Messages()({"messages": turns}).messages == (pp.Message(odd, odd),)


@pytest.mark.parametrize("odd", [[], ["a"], {"text": "a"}, "half"])
def test_marks_that_nobody_can_read_are_left_to_repair(odd):
    made = Messages()({"messages": [{"role": "user", "content": "", "weight": odd}]})
    assert made.messages[0].learn == odd
