"""Every parameter of the official client, one by one: it arrives, it changes nothing, or it is refused by name."""

import math
from typing import Any

import openai
import pytest
from openai.types import completion_create_params as text_types
from openai.types.chat import completion_create_params as chat_types

from pitchpipe_stages.serve.api.checking import described
from pitchpipe_stages.serve.api.parameters import ChatParameters, TextParameters
from pitchpipe_stages.serve.api.unsupported import CHAT, HARMLESS, TEXT

HI = [{"role": "user", "content": "Hi you"}]

# What a client sends, and where it arrives in the request that upstreams see.
ARRIVES = {
    "temperature": (0.25, lambda wish: wish.sampling.temperature == 0.25 and "temperature" not in wish.left),
    "top_p": (0.5, lambda wish: wish.sampling.top_p == 0.5),
    "seed": (-(2**63), lambda wish: wish.seed == -(2**63)),
    "n": (3, lambda wish: wish.count == 3),
    "max_tokens": (17, lambda wish: wish.max_tokens == 17),
    "stop": (["a", "\n"], lambda wish: wish.stop == ("a", "\n")),
    "logit_bias": ({"5": -100, "7": 3}, lambda wish: wish.bias == {5: -100, 7: 3}),
    "frequency_penalty": (-2, lambda wish: wish.frequency_penalty == -2),
    "presence_penalty": (1.5, lambda wish: wish.presence_penalty == 1.5),
}
CHAT_ARRIVES = ARRIVES | {
    "max_completion_tokens": (18, lambda wish: wish.max_tokens == 18),
    "logprobs": (True, lambda wish: wish.logprobs == 0),
}
TEXT_ARRIVES = ARRIVES | {"logprobs": (4, lambda wish: wish.logprobs == 4)}
NOTHING = {
    "user": "u", "metadata": {"a": "b"}, "safety_identifier": "s", "prompt_cache_key": "k", "store": False,
    "prompt_cache_options": {"mode": "implicit"}, "prompt_cache_retention": "24h", "service_tier": "auto",
    "modalities": ["text"], "response_format": {"type": "text"}, "function_call": "none", "functions": [],
    "verbosity": "medium", "stream_options": None, "best_of": 1, "echo": False,
}  # fmt: skip
REFUSED = {
    "audio": {"format": "wav", "voice": "alloy"}, "store": True, "service_tier": "flex", "modalities": ["text", "audio"],
    "response_format": {"type": "json_object"}, "function_call": {"name": "f"}, "functions": [{"name": "f"}],
    "moderation": {"model": "m"}, "prediction": {"type": "content", "content": "x"}, "verbosity": "low",
    "web_search_options": {},
}  # fmt: skip
TEXT_REFUSED = {"best_of": 2, "echo": True, "suffix": "end"}
VLLM = {
    "repetition_penalty": 1.1, "ignore_eos": True, "min_tokens": 3, "guided_json": {}, "guided_regex": "a+",
    "structured_outputs": {}, "chat_template": "{{ 1 }}", "stop_token_ids": [1], "use_beam_search": True,
    "continue_final_message": True, "best_of": 2, "echo": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def client(served):
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="any", max_retries=0) as one:
        yield one


def test_every_parameter_of_the_client_is_known():
    ours = {*described(ChatParameters), *CHAT, *HARMLESS}
    assert set(chat_types.CompletionCreateParamsBase.__annotations__) - ours == set()
    ours = {*described(TextParameters), *TEXT, *HARMLESS}
    assert set(text_types.CompletionCreateParamsBase.__annotations__) - ours == set()


def test_every_parameter_of_the_client_is_tried():
    tried = {*CHAT_ARRIVES, *NOTHING, *REFUSED, "messages", "model"}
    elsewhere = {"top_logprobs", "tools", "tool_choice", "parallel_tool_calls", "reasoning_effort"}
    assert set(chat_types.CompletionCreateParamsBase.__annotations__) - tried == elsewhere
    tried = {*TEXT_ARRIVES, *NOTHING, *TEXT_REFUSED, "prompt", "model"}
    assert set(text_types.CompletionCreateParamsBase.__annotations__) - tried == set()


@pytest.mark.parametrize("name", CHAT_ARRIVES)
def test_it_arrives_from_a_chat(client, served, name):
    value, arrived = CHAT_ARRIVES[name]
    client.chat.completions.create(model="grey", messages=HI, **{name: value})
    assert arrived(served.last.wish)


@pytest.mark.parametrize("name", TEXT_ARRIVES)
def test_it_arrives_from_a_completion(client, served, name):
    value, arrived = TEXT_ARRIVES[name]
    client.completions.create(model="grey", prompt="Hi you", **{name: value})
    assert arrived(served.last.wish)


@pytest.mark.parametrize("name", NOTHING)
def test_it_changes_nothing(client, served, name):
    client.chat.completions.create(model="grey", messages=HI)
    plain = served.last.wish
    said = client.chat.completions.create(model="grey", messages=HI, extra_body={name: NOTHING[name]})
    assert said.choices[0].message.content == "Hi you"
    assert served.last.wish == plain


def refused(call: Any, status: int = 400) -> Any:
    with pytest.raises(openai.APIStatusError) as error:
        call()
    assert error.value.status_code == status, error.value.message
    assert set(error.value.body) == {"message", "type", "param", "code"}
    return error.value


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_by_name(client, name):
    error = refused(
        lambda: client.chat.completions.create(model="grey", messages=HI, **{name: REFUSED[name]})
    )
    assert (error.param, error.code) == (name, "unsupported_parameter")
    assert f"'{name}'" in error.message


@pytest.mark.parametrize("name", TEXT_REFUSED)
def test_it_is_refused_by_name_of_completions(client, name):
    error = refused(lambda: client.completions.create(model="grey", prompt="x", **{name: TEXT_REFUSED[name]}))
    assert (error.param, error.code) == (name, "unsupported_parameter")


@pytest.mark.parametrize("name", VLLM)
def test_what_other_servers_take_is_refused_by_name(client, name):
    extra = {name: VLLM[name]}
    error = refused(lambda: client.chat.completions.create(model="grey", messages=HI, extra_body=extra))
    assert (error.param, error.code) == (name, "unsupported_parameter")


def test_what_other_servers_take_and_this_one_too(client, served):
    extra = {"top_k": 40, "min_p": 0.1}
    client.chat.completions.create(model="grey", messages=HI, extra_body=extra)
    assert (served.last.wish.sampling.top_k, served.last.wish.sampling.min_p) == (40, 0.1)
    client.chat.completions.create(model="grey", messages=HI, extra_body={"top_k": -1})
    assert served.last.wish.sampling.top_k == 0


WRONG = [
    ("temperature", "0.5"), ("temperature", True), ("temperature", 2.1), ("temperature", -0.1), ("temperature", []),
    ("top_p", 0), ("top_p", 1.01), ("n", 0), ("n", 17), ("n", 1.5), ("n", True), ("seed", 2**63), ("seed", "1"),
    ("max_tokens", 0), ("max_tokens", -1), ("max_tokens", 4097), ("max_tokens", "5"), ("stop", ""), ("stop", ["a", ""]),
    ("stop", ["a"] * 5), ("stop", [1]), ("stop", {"a": 1}), ("logit_bias", {"1": 101}), ("logit_bias", {"a": 1}),
    ("logit_bias", {"-1": 1}), ("logit_bias", {"1": True}), ("logit_bias", [1]), ("logit_bias", {"1": "5"}),
    ("frequency_penalty", 2.5), ("presence_penalty", "high"), ("logprobs", 1), ("top_logprobs", 2), ("stream", "yes"),
    ("top_k", -2), ("min_p", 1.5), ("stream_options", {"include_usage": True}), ("metadata", {"a": 1}),
    ("metadata", {"consent": "perhaps"}), ("user", 5), ("messages", []), ("messages", "Hi"), ("messages", None),
    ("model", 5), ("model", ""), ("temperatur", 1), ("response_format", "text"), ("best_of", True),
]  # fmt: skip


@pytest.mark.parametrize("name, value", WRONG)
def test_what_is_no_such_value_is_refused(client, name, value):
    body = {"model": "grey", "messages": HI, name: value}
    error = refused(lambda: client.post("/chat/completions", body=body, cast_to=object))
    assert error.param == name and f"'{name}'" in error.message, error.body


def test_words_of_a_wrong_value(client):
    def ask(**more: Any) -> str:
        body = {"model": "grey", "messages": HI, **more}
        return refused(lambda: client.post("/chat/completions", body=body, cast_to=object)).body["message"]

    assert ask(temperature="hot") == "'temperature' must be a number from 0 to 2, not \"hot\""
    assert ask(n=99) == "'n' must be a whole number from 1 to 16, not 99"
    assert (
        ask(max_tokens=5000) == "'max_tokens' must be a whole number from 1 to 4,096 on this server, not 5000"
    )
    assert ask(temprature=1) == "there is no parameter 'temprature'. Did you mean 'temperature'?"
    assert ask(max_tokens=1, max_completion_tokens=2).startswith("'max_tokens' and 'max_completion_tokens'")
    assert len(ask(temperature="x" * 10_000)) < 150


def test_likely_tokens_of_a_chat_need_both(client, served):
    client.chat.completions.create(model="grey", messages=HI, logprobs=True, top_logprobs=20)
    assert served.last.wish.logprobs == 20
    client.chat.completions.create(model="grey", messages=HI, logprobs=False)
    assert served.last.wish.logprobs is None


def test_what_a_client_leaves_open_a_model_may_decide(client, served):
    client.chat.completions.create(model="grey", messages=HI, top_p=0.5)
    wish = served.last.wish
    assert wish.left == ("temperature", "top_k", "min_p")
    assert wish.sampling.temperature == 1 and math.isclose(wish.sampling.top_p, 0.5)
    assert wish.max_tokens is None


def test_who_asks_and_consent(client, served):
    client.chat.completions.create(model="grey", messages=HI, user="ann", metadata={"consent": "yes"})
    assert (served.last.user, served.last.consent) == ("ann", True)
    client.chat.completions.create(model="grey", messages=HI, extra_headers={"x-pitchpipe-consent": "no"})
    assert (served.last.user, served.last.consent) == ("", False)
    client.chat.completions.create(model="grey", messages=HI, safety_identifier="bob")
    assert (served.last.user, served.last.consent) == ("bob", None)


PROMPTS = [
    ("Hi you", ["Hi you"]), (["Hi", "you"], ["Hi", "you"]), ([5, 6], ["5 6"]), ([[5], [6, 7]], ["5", "6 7"]),
    ([[5], "you"], ["5", "you"]),
]  # fmt: skip


@pytest.mark.parametrize("prompt, answers", PROMPTS)
def test_prompts_of_every_kind(client, prompt, answers):
    said = client.completions.create(model="grey", prompt=prompt, n=2)
    assert [choice.text for choice in said.choices] == [text for text in answers for _ in range(2)]
    assert [choice.index for choice in said.choices] == list(range(2 * len(answers)))


@pytest.mark.parametrize("prompt", ["", [], [""], [[]], [True], [-1], [1.5], {"a": 1}, ["a"] * 33, [["a"]]])
def test_prompts_of_no_kind(client, prompt):
    body = {"model": "grey", "prompt": prompt}
    error = refused(lambda: client.post("/completions", body=body, cast_to=object))
    assert error.param.startswith("prompt")
