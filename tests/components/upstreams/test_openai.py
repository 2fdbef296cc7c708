"""The upstream `openai` beside OpenAI's own client: the same answers, whatever the stream is like."""

import asyncio
import json
from contextlib import aclosing

import openai
import pytest

import pitchpipe as pp
from pitchpipe_components.upstreams.asked import body_of
from pitchpipe_components.upstreams.openai import OpenAIUpstream
from tests.bad_server import KEY, bad_server

VARIABLE = "PITCHPIPE_TEST_KEY"


@pytest.fixture(scope="module")
def server():
    with bad_server(lambda body: "Groß 😀 \u2028 to it") as server:
        yield server


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(VARIABLE, KEY)


def asking(words: str = "Hi", **wish: object) -> pp.Request:
    conversation = pp.Conversation((pp.Message("user", words),))
    return pp.Request("id", "far", conversation, pp.Wish(**wish))


def said(server, request: pp.Request, **options: object) -> list[pp.Said]:
    async def once() -> list[pp.Said]:
        upstream = OpenAIUpstream(**{"url": server.url, "model": "tutor", "key": VARIABLE} | options)
        try:
            return [one async for one in upstream(upstream.read(request))]
        finally:
            await upstream.close()

    return asyncio.run(once())


def joined(stretches: list[pp.Said], index: int = 0) -> tuple[str, str, str]:
    mine = [one for one in stretches if one.index == index]
    assert [bool(one.end) for one in mine] == [False] * (len(mine) - 1) + [True]
    return "".join(one.text for one in mine), "".join(one.reasoning for one in mine), mine[-1].end


def theirs(server, mode: str):
    """What OpenAI's client reads of the same stream."""
    with openai.OpenAI(base_url=server.url, api_key=KEY, max_retries=0) as client:
        messages = [{"role": "user", "content": f"mode:{mode}"}]
        chunks = list(client.chat.completions.create(model="tutor", messages=messages, stream=True))
    return [chunk.choices[0] for chunk in chunks if chunk.choices]


@pytest.mark.parametrize("mode", ["fine", "bytewise", "calls", "likely", "no_done", "stream_refusal"])
def test_what_a_stream_says_is_what_openais_client_reads(server, mode):
    stretches, choices = said(server, asking(f"mode:{mode}")), theirs(server, mode)
    text, _, end = joined(stretches)
    assert text == "".join(choice.delta.content or "" for choice in choices)
    refusal = "".join(choice.delta.refusal or "" for choice in choices)
    assert stretches[-1].refusal == refusal
    assert end == ("content_filter" if refusal else choices[-1].finish_reason)
    pieces = [call for choice in choices for call in choice.delta.tool_calls or ()]
    arguments = {n: "".join(c.function.arguments for c in pieces if c.index == n) for n in (0, 1)}
    assert [call["arguments"] for call in stretches[-1].calls] == [one for one in arguments.values() if one]


def test_tokens_are_as_many_as_the_server_counted(server):
    stretches = said(server, asking("mode:fine"))
    assert sum(one.tokens for one in stretches) == 5 and stretches[-1].read == 10
    assert len(stretches) > 3, "its words came one by one"


def test_two_answers_keep_apart(server):
    stretches = said(server, asking("mode:two", count=2))
    assert (joined(stretches, 0), joined(stretches, 1)) == (("a", "", "length"), ("bB", "", "stop"))


def test_thoughts_stand_apart_by_either_name(server):
    assert joined(said(server, asking("mode:reasoning"))) == ("42", "hm so", "stop")


def test_calls_of_a_server_that_counts_no_places(server):
    last = said(server, asking("mode:calls_at_zero"))[-1]
    assert [call["name"] for call in last.calls] == ["a", "b"] and last.end == "tool_calls"


def test_how_likely_tokens_were(server):
    first = said(server, asking("mode:likely", logprobs=2))[0]
    assert first.likely == [pp.Likely(-1, "é".encode(), -0.1, [(-1, "é".encode(), -0.1), (-1, b"e", -2.5)])]


@pytest.mark.parametrize(("mode", "text"), [("no_end", "whole"), ("same", "always the same")])
def test_a_stream_without_its_end_and_an_answer_without_a_stream(server, mode, text):
    assert joined(said(server, asking(f"mode:{mode}"))) == (text, "", "stop")


@pytest.mark.parametrize(
    "mode", ["no_end_no_done", "error_late", "cut_stream", "nothing_said", "cut_json", "html"]
)
def test_half_an_answer_is_a_failure(server, mode):
    with pytest.raises(pp.Declined) as failure:
        said(server, asking(f"mode:{mode}"))
    assert failure.value.status in (500, 502) and server.url not in str(failure.value)


def test_fewer_answers_than_were_asked_for_are_a_failure(server):
    with pytest.raises(pp.Declined, match="broke off") as failure:
        said(server, asking("mode:fine", count=3))
    assert "1 of 3" in str(failure.value.__cause__)


@pytest.mark.parametrize(("mode", "status", "after"), [
    ("429_seconds", 429, 1), ("429_an_hour", 429, 3600), ("503_forever", 503, 5), ("500_once", 500, None),
    ("error_first", 503, 5), ("no_quota", 500, None), ("401", 500, None), ("404", 500, None), ("moved", 500, None),
])  # fmt: skip
def test_a_server_that_cannot_answer_is_told_in_general_words(server, mode, status, after):
    server.seen.clear()
    with pytest.raises(pp.Declined) as failure:
        said(server, asking(f"mode:{mode}"))
    assert (failure.value.status, failure.value.after) == (status, after)
    assert "http" not in str(failure.value) and KEY not in str(failure.value.__cause__)
    assert server.url in str(failure.value.__cause__)


def test_a_clients_mistake_is_passed_on_in_the_servers_words(server):
    with pytest.raises(pp.Declined) as no:
        said(server, asking("mode:no_temperature"))
    assert (no.value.status, no.value.param, no.value.code) == (400, "temperature", "unsupported_value")
    assert str(no.value) == "Unsupported value: 'temperature' does not support 0.7 with this model."


def test_a_server_that_is_not_there_and_one_that_is_silent(server):
    with pytest.raises(pp.Declined) as refused:
        said(server, asking(), url="http://127.0.0.1:9/v1")
    with pytest.raises(pp.Declined) as silent:
        said(server, asking("mode:no_words"), timeout=0.2)
    assert (refused.value.status, silent.value.status) == (502, 504)
    assert "silent for 0.2 seconds" in str(silent.value.__cause__)


def test_who_stops_listening_closes_the_connection(server):
    async def three() -> int:
        upstream = OpenAIUpstream(url=server.url, model="tutor", key=VARIABLE)
        async with aclosing(upstream(asking("mode:endless"))) as stretches:
            heard = [await anext(stretches) for _ in range(3)]
        for _ in range(200):
            if "endless" in server.gone:
                break
            await asyncio.sleep(0.01)
        await upstream.close()
        return len(heard)

    server.gone.clear()
    assert asyncio.run(three()) == 3 and "endless" in server.gone


def test_who_is_cancelled_before_the_first_word_closes_the_connection(server):
    async def cancelled() -> None:
        upstream = OpenAIUpstream(url=server.url, model="tutor", key=VARIABLE)
        stretches = upstream(asking("mode:no_words"))
        waiting = asyncio.ensure_future(anext(stretches))
        await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        for _ in range(200):
            if "no_words" in server.gone:
                break
            await asyncio.sleep(0.01)
        await upstream.close()

    server.gone.clear()
    asyncio.run(cancelled())
    assert "no_words" in server.gone


CALLS = ({"id": "c1", "function": {"name": "add", "arguments": {"a": 1}}},)
TALK = pp.Conversation(
    (
        pp.Message("system", "Be brief."),
        pp.Message("user", "1+1?", context="in base 2"),
        pp.Message("assistant", "", tool_calls=CALLS, reasoning="hm"),
        pp.Message("tool", "10", tool_call_id="c1", name="add"),
    ),
    tools=({"name": "add", "parameters": {"type": "object"}},),
)


def test_a_conversation_is_sent_as_openais_protocol_says_it(server):
    server.asked.clear()
    wish = pp.Wish(pp.Sampling(0.5, 0.9, 40, 0.1), 7, ("\n", "###"), 2, 3, {5: -100.0}, 0.5, -0.5, logprobs=4)
    with pytest.raises(pp.Declined):  # one answer where two were asked for
        said(server, pp.Request("id", "far", TALK, wish), body={"min_p": None, "priority": 1})
    (body,) = server.asked
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "1+1?\n\nin base 2"},
        {"role": "assistant", "content": None, "reasoning_content": "hm", "tool_calls": [call]},
        {"role": "tool", "content": "10", "name": "add", "tool_call_id": "c1"},
    ]
    assert body["tools"] == [{"type": "function", "function": TALK.tools[0]}]
    rest = {name: body[name] for name in body if name not in ("messages", "tools", "stream_options")}
    assert rest == {
        "model": "tutor", "stream": True, "temperature": 0.5, "top_p": 0.9, "top_k": 40, "max_tokens": 7,
        "stop": ["\n", "###"], "n": 2, "seed": 3, "logit_bias": {"5": -100.0}, "frequency_penalty": 0.5,
        "presence_penalty": -0.5, "logprobs": True, "top_logprobs": 4, "priority": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "prompt"), [({"text": "mode:fine once"}, "mode:fine once"), ({"tokens": (1, 2)}, [1, 2])]
)
def test_a_text_and_tokens_are_gone_on_with(server, asked, prompt):
    server.asked.clear()
    request = pp.Request("id", "far", pp.Conversation(()), pp.Wish(logprobs=2), **asked)
    assert joined(said(server, request))[2] == "stop"
    assert server.asked[0]["prompt"] == prompt and server.asked[0]["logprobs"] == 2


@pytest.mark.parametrize(("options", "wish", "determined"), [
    ({}, {}, False), ({"determined": True}, {}, True), ({"determined": True}, {"sampling": pp.Sampling(1.0)}, False),
    ({"determined": True}, {"sampling": pp.Sampling(1.0), "seed": 0}, True),
])  # fmt: skip
def test_answers_are_determined_where_the_recipe_says_so_alone(options, wish, determined):
    upstream = OpenAIUpstream(url="http://h/v1", model="m", **options)
    read = upstream.read(asking(**wish))
    assert bool(read.identity) == determined
    if determined:
        other = OpenAIUpstream(url="http://h/v1", model="n", **options).read(asking(**wish))
        assert read.identity not in (other.identity, upstream.read(asking("Ho", **wish)).identity)
        assert read.identity == upstream.read(asking(**wish)).identity


class Told:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


@pytest.mark.parametrize(("options", "words"), [
    ({}, ""),
    ({"model": "tutr"}, "it knows no model 'tutr'. Did you mean 'tutor'?"),
    ({"key": None}, "401 (name the variable of a key: `key: NAME`)"),
    ({"url": "http://127.0.0.1:9/v1"}, "it does not answer yet"),
])  # fmt: skip
def test_what_is_wrong_with_a_server_is_said_at_the_start(server, options, words):
    async def begun() -> list[str]:
        told = Told()
        upstream = OpenAIUpstream(**{"url": server.url, "model": "tutor", "key": VARIABLE} | options)
        await upstream.begin(told)
        await upstream.session._look
        await upstream.close()
        return told.lines

    lines = asyncio.run(begun())
    assert words in "".join(lines) and len(lines) == bool(words)
    assert KEY not in json.dumps(lines)


@pytest.mark.parametrize(("options", "words"), [
    ({"url": "gpu:8000"}, "expected http"), ({"url": "http://u:p@h/v1"}, "no name, password or query"),
    ({"key": "sk-abcdefghijklmnopqrstuv"}, "Never write a key"), ({"body": {"messages": []}}, "cannot be set here"),
    ({"body": {"x": "Bearer abcdefghijklmnopqrst"}}, "looks like a key"),
])  # fmt: skip
def test_options_that_cannot_be_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        OpenAIUpstream(**{"url": "http://h/v1", "model": "m"} | options)


def test_what_a_chat_template_is_told_is_passed_on():
    variables = {"enable_thinking": False, "reasoning_effort": "low"}
    tool = {"type": "function", "function": {"name": "look"}}
    request = pp.Request(
        "id", "far", pp.Conversation((), tools=(tool,)), pp.Wish(calls=1, variables=variables)
    )
    body = body_of(request, "http://far/v1", "m")
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert (body["reasoning_effort"], body["parallel_tool_calls"]) == ("low", False)
    plain = body_of(pp.Request("id", "far", pp.Conversation(()), pp.Wish()), "http://far/v1", "m")
    assert not {"chat_template_kwargs", "reasoning_effort", "parallel_tool_calls"} & plain.keys()
