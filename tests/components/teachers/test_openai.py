"""The teacher `openai` beside OpenAI's own client: the same requests, the same replies."""

import asyncio

import openai
import pytest

import pitchpipe as pp
from pitchpipe_components.teachers.openai import OpenAICompatible
from tests.asked_teachers import VARIABLE
from tests.bad_server import KEY, bad_server

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Größe? 😀 \u2028 {x}"}]
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def server():
    with bad_server(lambda body: "Groß 😀 \u2028") as server:
        yield server


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(VARIABLE, KEY)


def asked(server, ask, **options) -> pp.Reply:
    async def once():
        teacher = OpenAICompatible(url=server.url, model="tutor", key=VARIABLE, **options)
        try:
            return await teacher(ask)
        finally:
            await teacher.close()

    return asyncio.run(once())


FORMAT = {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA}}


@pytest.mark.parametrize(("ask", "options", "parameters"), [
    ({}, {}, {"max_tokens": 1024, "temperature": 0.0}),
    ({"max_tokens": 9, "temperature": 0.7, "top_p": 0.9}, {}, {"max_tokens": 9, "temperature": 0.7, "top_p": 0.9}),
    ({"schema": SCHEMA}, {}, {"max_tokens": 1024, "temperature": 0.0, "response_format": FORMAT}),
    ({"schema": SCHEMA}, {"schema": "json_object"}, {"max_tokens": 1024, "temperature": 0.0, "response_format": {"type": "json_object"}}),
    ({}, {"body": {"temperature": None, "seed": 3, "max_tokens": None, "max_completion_tokens": 5}}, {"seed": 3, "max_completion_tokens": 5}),
])  # fmt: skip
def test_a_request_is_that_of_openais_client(server, ask, options, parameters):
    server.asked.clear()
    reply = asked(server, pp.Ask(MESSAGES, **ask), **options)
    with openai.OpenAI(base_url=server.url, api_key=KEY) as client:
        theirs = client.chat.completions.create(model="tutor", messages=MESSAGES, **parameters)
    ours, its = server.asked
    assert ours == its
    assert reply == pp.Reply(theirs.choices[0].message.content, "stop", theirs.model, usage=pp.Usage(10, 5))


@pytest.mark.parametrize(("mode", "end"), [("length", "cut"), ("refusal", "refused"), ("odd_text", "stop")])
def test_what_came_is_what_openais_client_reads(server, mode, end):
    messages = [{"role": "user", "content": f"mode:{mode}"}]
    with openai.OpenAI(base_url=server.url, api_key=KEY) as client:
        theirs = client.chat.completions.create(model="tutor", messages=messages)
    reply = asked(server, pp.Ask(messages))
    assert reply.text == (theirs.choices[0].message.content or "") and reply.end == end
    assert reply.problem == theirs.choices[0].message.refusal or mode != "refusal"


def test_openai_itself_gets_the_name_that_its_models_want():
    teacher = OpenAICompatible(url="https://api.openai.com/v1", model="gpt-5-mini", key=VARIABLE)
    assert "max_completion_tokens" in teacher._parameters(pp.Ask(MESSAGES))
    local = OpenAICompatible(url="http://localhost:8000/v1", model="gpt-5-mini")
    assert local.request(pp.Ask(MESSAGES)) == teacher.request(pp.Ask(MESSAGES))


@pytest.mark.parametrize("url", ["http://h/v1", "http://h/v1/", "http://h/v1/chat/completions"])
def test_a_url_may_end_as_people_copy_it(url):
    assert OpenAICompatible(url=url, model="m").url == "http://h/v1"


def test_without_a_key_none_is_sent():
    with bad_server(key="") as server:
        teacher = OpenAICompatible(url=server.url, model="m")

        async def once():
            reply = await teacher(pp.Ask(MESSAGES))
            await teacher.close()
            return reply

        assert asyncio.run(once()).end == "stop"


def test_nobody_at_the_url_costs_nothing():
    async def once():
        teacher = OpenAICompatible(url="http://127.0.0.1:9/v1", model="m")
        with pytest.raises(pp.AskAgain, match="cannot be reached: Connect") as refused:
            await teacher(pp.Ask(MESSAGES))
        await teacher.close()
        assert refused.value.free

    asyncio.run(once())


def test_tokens_that_the_server_knew_cost_less():
    teacher = OpenAICompatible(
        url="http://h/v1", model="m", dollars_per_million={"input": 2, "cached": 0.5, "output": 8}
    )
    assert teacher.dollars(pp.Usage(1_000_000, 100_000, cached=400_000)) == pytest.approx(
        0.6 * 2 + 0.4 * 0.5 + 0.8
    )
    assert OpenAICompatible(url="http://h/v1", model="m").dollars(pp.Usage(1, 1)) is None


def test_a_short_key_is_a_word_that_a_model_may_say(monkeypatch):
    for key, shown in (("EMPTY", "EMPTY"), (KEY, f"[{VARIABLE}]")):
        monkeypatch.setenv(VARIABLE, key)
        with bad_server(lambda body, key=key: f"The list is {key}.", key=key) as server:
            assert asked(server, pp.Ask(MESSAGES)).text == f"The list is {shown}."
