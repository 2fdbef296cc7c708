"""Answers as the official client reads them: whole, streamed, of chats and of completions, sync and async."""

import asyncio
import json

import httpx
import openai
import pytest
from openai.types import Completion, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from tests.stages.serve.api.parrot import NAMES

HI = [{"role": "user", "content": "One two  three"}]


def said(words: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": words}]


@pytest.fixture(scope="module")
def client(served):
    # It validates each answer against the client's own types.
    with openai.OpenAI(
        base_url=f"{served.url}/v1", api_key="any", max_retries=0, _strict_response_validation=True
    ) as one:
        yield one


@pytest.fixture(scope="module")
def loose(client):
    """The types demand how a completion ended of each chunk, which OpenAI says in the last one alone."""
    with client.with_options() as one:
        one._strict_response_validation = False
        yield one


def test_a_whole_chat(client):
    raw = client.chat.completions.with_raw_response.create(model="grey", messages=HI, n=2)
    one = raw.parse()
    assert isinstance(one, ChatCompletion) and one.object == "chat.completion" and one.created > 1_700_000_000
    assert [choice.message.content for choice in one.choices] == ["One two  three"] * 2
    assert [choice.finish_reason for choice in one.choices] == ["stop"] * 2
    assert (one.usage.prompt_tokens, one.usage.completion_tokens, one.usage.total_tokens) == (3, 8, 11)
    assert raw.headers["x-request-id"] == one.id == one._request_id
    assert raw.headers["x-upstream"] == "grey"


def test_a_streamed_chat_has_the_text_of_the_whole(client):
    chunks = list(client.chat.completions.create(model="grey", messages=HI, n=2, stream=True))
    assert {type(chunk) for chunk in chunks} == {ChatCompletionChunk} and len(
        {chunk.id for chunk in chunks}
    ) == 1
    for index in range(2):
        mine = [chunk.choices[0] for chunk in chunks if chunk.choices[0].index == index]
        assert (mine[0].delta.role, mine[0].delta.content) == ("assistant", "")
        assert "".join(one.delta.content or "" for one in mine) == "One two  three"
        assert [one.finish_reason for one in mine[:-1]] == [None] * (len(mine) - 1)
        assert mine[-1].finish_reason == "stop" and mine[-1].delta.content is None
    assert all(chunk.usage is None for chunk in chunks)


def test_usage_comes_last_where_it_is_asked_for(client, loose):
    options = {"include_usage": True}
    *chunks, last = client.chat.completions.create(
        model="grey", messages=HI, stream=True, stream_options=options
    )
    assert last.choices == [] and last.usage.total_tokens == 3 + 4
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)
    *chunks, last = loose.completions.create(
        model="grey", prompt=["a b", "c"], stream=True, stream_options=options
    )
    assert last.choices == [] and (last.usage.prompt_tokens, last.usage.completion_tokens) == (3, 5)


def test_an_upstream_alone_may_know_the_prompts_tokens(client, served):
    one = client.chat.completions.create(model="grey", messages=said("read:70 Hi"), n=2)
    assert one.usage.prompt_tokens == 70 and served.last.stream is False
    one = client.completions.create(model="grey", prompt=["read:70 Hi", "read:8 Hi", "Hi"], n=2)
    assert one.usage.prompt_tokens == 70 + 8 + 1


def test_a_hit_of_a_cache_is_said_in_a_header(client):
    raw = client.chat.completions.with_raw_response
    assert raw.create(model="grey", messages=said("read:3")).headers["x-cache"] == "hit"
    assert "x-cache" not in raw.create(model="grey", messages=HI).headers


def test_the_bytes_of_a_stream(served):
    body = {"model": "grey", "messages": HI, "stream": True}
    answer = httpx.post(f"{served.url}/v1/chat/completions", json=body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-cache" and answer.headers["x-accel-buffering"] == "no"
    *events, done, nothing = answer.text.split("\n\n")
    assert (done, nothing) == ("data: [DONE]", "")
    first, *_, last = (json.loads(event.removeprefix("data: ")) for event in events)
    assert list(first) == ["id", "object", "created", "model", "choices", "system_fingerprint"]
    delta = {"role": "assistant", "content": "", "refusal": None}
    assert first["choices"] == [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]
    assert last["choices"] == [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}]


def test_the_stream_helper_puts_a_chat_together(client):
    with client.chat.completions.stream(model="grey", messages=HI, logprobs=True) as stream:
        kinds = {event.type for event in stream}
        whole = stream.get_final_completion()
    assert {"content.delta", "content.done", "chunk", "logprobs.content.delta"} <= kinds
    assert whole.choices[0].message.content == "One two  three"
    assert [token.token for token in whole.choices[0].logprobs.content] == ["One", " two", "  three"]


def test_the_async_client(served):
    async def ask() -> tuple[str, str]:
        async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="any", max_retries=0) as client:
            whole, stream = await asyncio.gather(
                client.chat.completions.create(model="grey", messages=HI),
                client.chat.completions.create(model="grey", messages=HI, stream=True),
            )
            return whole.choices[0].message.content, "".join(
                [c.choices[0].delta.content or "" async for c in stream]
            )

    assert asyncio.run(ask()) == ("One two  three", "One two  three")


def test_a_form_that_is_parsed_is_refused_by_name(client):
    from pydantic import BaseModel

    class Colour(BaseModel):
        name: str

    with pytest.raises(openai.BadRequestError) as error:
        client.chat.completions.parse(model="grey", messages=HI, response_format=Colour)
    assert error.value.param == "response_format"


def test_reasoning_stands_apart(client):
    one = client.chat.completions.create(model="grey", messages=said("~let ~me ~think Yes"))
    assert one.choices[0].message.reasoning_content == "~let ~me ~think"
    assert one.choices[0].message.content == " Yes"
    chunks = list(client.chat.completions.create(model="grey", messages=said("~let Yes"), stream=True))
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas) == "~let"
    assert "".join(delta.content or "" for delta in deltas) == " Yes"


def test_calls_of_tools(client):
    one = client.chat.completions.create(model="grey", messages=said("call:weather"))
    assert one.choices[0].finish_reason == "tool_calls" and one.choices[0].message.content is None
    first, second = one.choices[0].message.tool_calls
    assert (first.function.name, json.loads(first.function.arguments)) == ("weather", {"city": "Oslo"})
    with client.chat.completions.stream(model="grey", messages=said("call:weather Let me look")) as stream:
        for _ in stream:
            pass
        message = stream.get_final_completion().choices[0].message
    assert message.content == "Let me look"
    assert [call.id for call in message.tool_calls] == [first.id, second.id] == ["call_1", "call_2"]


def test_a_refusal_of_a_guard(client):
    one = client.chat.completions.create(model="grey", messages=said("refuse: Sorry"))
    assert one.choices[0].finish_reason == "content_filter"
    assert (one.choices[0].message.content, one.choices[0].message.refusal) == ("Sorry", "a guard said no")
    with client.chat.completions.stream(model="grey", messages=said("refuse: Sorry")) as stream:
        seen = [chunk.chunk.choices[0] for chunk in stream if chunk.type == "chunk"]
    assert [one.delta.refusal for one in seen if one.delta.refusal] == ["a guard said no"]
    assert seen[-1].finish_reason == "content_filter"


def test_likely_tokens_of_a_chat(client):
    one = client.chat.completions.create(model="grey", messages=said("é b"), logprobs=True, top_logprobs=2)
    first, second = one.choices[0].logprobs.content
    assert (first.token, first.bytes, first.logprob) == ("é", [195, 169], -0.5)
    assert [(top.token, top.logprob) for top in second.top_logprobs] == [(" x0", -9999.0), (" x1", -9999.0)]


def test_likely_tokens_of_a_completion(client, loose):
    asked = {"model": "grey", "prompt": "é b cc", "logprobs": 1}
    one = client.completions.create(**asked)
    assert isinstance(one, Completion)
    told = one.choices[0].logprobs
    assert (told.tokens, told.text_offset) == (["é", " b", " cc"], [0, 1, 3])
    assert told.token_logprobs == [-0.5] * 3 and told.top_logprobs == [{" x0": -9999.0}] * 3
    chunks = [chunk.choices[0] for chunk in loose.completions.create(**asked, stream=True)]
    assert [offset for chunk in chunks for offset in chunk.logprobs.text_offset] == [0, 1, 3]
    assert client.completions.create(**asked | {"logprobs": 0}).choices[0].logprobs.top_logprobs is None


def test_models(client):
    listed = {model.id: model for model in client.models.list()}
    assert set(listed) == set(NAMES)
    for name in listed:
        one = client.models.retrieve(name)
        assert isinstance(one, Model) and one == listed[name]
    assert one.created > 1_700_000_000 and one.owned_by == "pitchpipe"
    with pytest.raises(openai.NotFoundError) as error:
        client.models.retrieve("gray")
    assert error.value.code == "model_not_found" and "Did you mean 'grey'?" in error.value.message


def test_a_model_that_is_not_there(client):
    with pytest.raises(openai.NotFoundError) as error:
        client.chat.completions.create(model="gray", messages=HI)
    assert (error.value.param, error.value.code) == ("model", "model_not_found")


def test_another_client(served, monkeypatch):
    from huggingface_hub import InferenceClient, constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)  # it asks this machine alone
    client = InferenceClient(base_url=f"{served.url}/v1")
    assert (
        client.chat_completion(HI, model="grey", max_tokens=9).choices[0].message.content == "One two  three"
    )
    stream = client.chat_completion(HI, model="grey", stream=True, seed=3, stop=["x"], temperature=0.5)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "One two  three"


def test_generate(served):
    answer = httpx.post(f"{served.url}/generate", json={"instruction": "Name three"})
    assert answer.json() == {"response": "Name three"} and answer.headers["x-request-id"].startswith("gen-")
    wish = served.last.wish
    assert (wish.max_tokens, wish.sampling.temperature) == (256, 0.7)
    assert served.last.conversation.messages[0].role == "user"
    body = {"instruction": "x", "max_tokens": 3, "temperature": 0, "model": "org/grey-7b"}
    assert httpx.post(f"{served.url}/generate", json=body).status_code == 200
    assert (served.last.wish.max_tokens, served.last.wish.sampling.temperature) == (3, 0)
    for wrong in (
        {},
        {"instruction": ""},
        {"instruction": "x", "stream": True},
        {"instruction": "x", "max_tokens": 0},
    ):
        assert httpx.post(f"{served.url}/generate", json=wrong).status_code == 400


def test_half_a_character_is_no_reason_to_break(client):
    one = client.chat.completions.create(model="grey", messages=said("half:"))
    assert (one.choices[0].message.content, one.choices[0].message.reasoning_content) == ("\ufffd", "🦜")
    chunks = client.chat.completions.create(model="grey", messages=said("half:"), stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "\ufffd"


def test_text_of_every_kind(client):
    words = 'naïve 🦜 \u2028 \x00 " \\ <script>'
    assert client.completions.create(model="grey", prompt=words).choices[0].text == words
