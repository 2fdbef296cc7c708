"""With the model's own chat template every reply is learned in the very prompt that a server sends for it."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings

import pitchpipe as pp
from pitchpipe_components.templates.own import OfTokenizer
from pitchpipe_stages.render.renderer import Renderer
from pitchpipe_stages.render.writer import writer_of
from tests.chat_templates import SHAPES, tokenizer_of
from tests.chat_templates.judge import judge, served, taught
from tests.chat_templates.oracle import Oracle, replies_of
from tests.chat_templates.talks import TALKS, reply, talk, talks, user

# A reply whose first letters would be one token with the prompt's last ones may be refused.
OTHER_TOKENS = ("learned tokens would say other words", "other tokens before the reply")


@cache
def fitted(name):
    tokenizer, shape = tokenizer_of(name), SHAPES[name]
    renderer = Renderer(writer_of(OfTokenizer()), tokenizer)
    return renderer, Oracle(served(tokenizer, renderer), shape.ends)


def fails(name, conversation):
    """Why what is learned of a conversation is not what it should be, or nothing."""
    renderer, oracle = fitted(name)
    asked = {at: oracle.can_be_asked(conversation, at) for at in replies_of(conversation)}
    must = {at for at, answer in asked.items() if answer == "must"}
    try:
        examples = taught(renderer, conversation)
    except pp.Quarantine as reason:
        assert str(reason)
        right = not must or "lost" in asked.values() or any(why in str(reason) for why in OTHER_TOKENS)
        return "" if right else f"{asked} refused: {reason}"
    judged = judge(oracle, conversation, examples)
    missing = must - set(judged.learned)
    return "\n".join([*judged.wrong, *([f"{sorted(missing)} are not learned"] if missing else [])])


@pytest.mark.slow(seconds=20)
@pytest.mark.parametrize("name", SHAPES)
def test_every_reply_of_any_shape_is_learned_as_it_is_asked_for(name):
    found = {shape: why for shape, conversation in TALKS.items() if (why := fails(name, conversation))}
    assert found == {}


@pytest.mark.slow(seconds=20)
@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(conversation=talks())
def test_every_reply_of_any_conversation_is_learned_as_it_is_asked_for(name, conversation):
    assert fails(name, conversation) == ""


@pytest.mark.parametrize("name", SHAPES)
def test_a_model_is_asked_as_a_server_asks_it(name):
    """What evaluators ask with: the ids of a server's prompt, or a refusal."""
    renderer, oracle = fitted(name)
    for shape in ("one reply", "three replies", "system, two replies", "call", "reasoning in all"):
        conversation = TALKS[shape]
        for at in replies_of(conversation):
            try:
                ids, _ = renderer.prompt(conversation, at)
            except pp.Quarantine:
                continue
            sent = [
                oracle.ids(one.prompt)
                for switch in oracle.switches
                for one in oracle.served(conversation, at, switch)
            ]
            assert ids in sent, (shape, at, oracle.tokenizer.decode(ids))


# --- Switches --------------------------------------------------------------------------------------

QUICK = talk(user("One and one?"), reply("Two."))
SLOW = talk(user("One and one?"), reply("Two.", reasoning="One more than one."))
SWITCH = {"qwen3": "enable_thinking", "qwen35": "enable_thinking", "deepseek_v31": "thinking"}
SWITCH |= {"nemotron": "enable_thinking", "glm4": "enable_thinking"}


@pytest.mark.parametrize("name", SWITCH)
def test_a_reply_without_reasoning_is_asked_for_without_and_has_no_empty_thought(name):
    renderer, oracle = fitted(name)
    (example,) = taught(renderer, QUICK)
    said = oracle.tokenizer.decode([token for token in example.labels if token >= 0])
    assert "think" not in said and said.strip().startswith("Two.")
    assert oracle.served(QUICK, 1, example.variables[1])[0].prompt.rstrip().endswith("</think>")


@pytest.mark.parametrize("name", SWITCH)
def test_a_reply_with_reasoning_is_asked_for_with_it(name):
    renderer, oracle = fitted(name)
    (example,) = taught(renderer, SLOW)
    said = oracle.tokenizer.decode([token for token in example.labels if token >= 0])
    assert "One more than one." in said and "Two." in said.partition("</think>")[2]
    assert not oracle.served(SLOW, 1, example.variables[1])[0].prompt.rstrip().endswith("</think>")


def test_a_thought_that_the_prompt_opens_is_closed_where_the_template_writes_none():
    renderer, oracle = fitted("qwq")
    for conversation in (QUICK, SLOW):
        (example,) = taught(renderer, conversation)
        assert oracle.tokenizer.decode(example.ids).count("<think>") == 1
        said = oracle.tokenizer.decode([token for token in example.labels if token >= 0])
        thought, _, words = said.partition("</think>")
        assert thought.strip() == conversation.messages[1].reasoning
        assert words.strip() == "Two.<|im_end|>"


@pytest.mark.parametrize("name", ["chatml", "llama3", "gemma", "mistral_tekken", "phi4"])
def test_where_one_text_serves_all_replies_there_is_one_example(name):
    (part,) = fitted(name)[0].examples(TALKS["three replies"])
    assert part.replies == (1, 3, 5)
    assert part.example == fitted(name)[0].example(TALKS["three replies"])


@pytest.mark.parametrize("name", ["qwen3", "glm4", "gpt_oss", "mistral_v3"])
def test_where_the_past_is_written_anew_each_reply_has_the_past_of_its_own_prompt(name):
    """With a thought or tools: what was said before stands otherwise in the next prompt."""
    shape = "calls in two turns" if name == "mistral_v3" else "reasoning in all"
    parts = fitted(name)[0].examples(TALKS[shape])
    assert len(parts) > 1
    assert sorted(at for part in parts for at in part.replies) == replies_of(TALKS[shape])
