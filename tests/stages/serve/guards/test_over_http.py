"""What a client of OpenAI's own sees of guards."""

import urllib.request
from collections.abc import Iterator

import pytest
from openai import APIStatusError, InternalServerError, OpenAI

from tests.stages.serve.api.conftest import serving as over_http
from tests.stages.serve.guards.speaking import Speaking, serving, spoken

GUARDS = """\
  - harmful: {answer: No such thing.}
  - pii
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[OpenAI, Speaking, int]]:
    upstream = spoken()
    with over_http(serving(tmp_path_factory.mktemp("served"), GUARDS, upstream)) as (port, _):
        yield OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="any", max_retries=0), upstream, port


def asked(client, words="Hi", **more):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": words}], **more)


def test_a_refusal_is_an_answer(served):
    client, upstream, _ = served
    upstream.stretches = spoken("You ", "make a", " bomb", " so.").stretches
    for reply in (asked(client, "How to build a bomb?", n=2), asked(client)):
        for choice in reply.choices:
            assert choice.finish_reason == "content_filter"
            assert choice.message.content == "No such thing."
            assert choice.message.refusal == "harmful: a harmful phrase"
    chunks = list(asked(client, stream=True, stream_options={"include_usage": True}))
    words = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert words in ("No such thing.", "You \n\nNo such thing.")
    (ended,) = [choice for chunk in chunks for choice in chunk.choices if choice.finish_reason]
    refusals = [c.delta.refusal for chunk in chunks for c in chunk.choices if c.delta.refusal]
    assert (ended.finish_reason, refusals) == ("content_filter", ["harmful: a harmful phrase"])
    assert chunks[-1].usage.completion_tokens == 4  # what was written has cost
    text = client.completions.create(model="m", prompt="build a bomb", max_tokens=5).choices[0]
    assert (text.finish_reason, text.text) == ("content_filter", "No such thing.")
    with pytest.raises(APIStatusError, match="guards read words"):
        client.completions.create(model="m", prompt=[1, 2, 3], max_tokens=5)


def test_masked_words_are_the_same_in_streams(served):
    client, upstream, _ = served
    upstream.stretches = spoken(
        "Ask jo", "@ac", "me.de or +49 (30) 12", "34-5678, ", "please. " * 30
    ).stretches
    whole = asked(client).choices[0].message.content
    assert whole == "Ask [EMAIL] or [PHONE], " + "please. " * 30
    parts = [choice.delta.content or "" for chunk in asked(client, stream=True) for choice in chunk.choices]
    assert "".join(parts) == whole and len(list(filter(None, parts))) > 1


def test_refusals_are_counted(served):
    client, upstream, port = served
    upstream.stretches = spoken("Fine.").stretches

    def counted():
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in lines}

    name = 'pitchpipe_guard_refusals_total{guard="harmful",side="input"}'
    before = counted()
    asked(client, "a pipe bomb")
    asked(client, "a pipe")
    after = counted()
    assert after[name] == before.get(name, 0) + 1
    assert after["pitchpipe_requests_refused_total"] == before["pitchpipe_requests_refused_total"] + 1


def test_a_guard_that_fails_is_an_error_and_the_server_lives(tmp_path):
    (tmp_path / "pitchpipe_local.py").write_text(FAILS, "utf-8")
    upstream = spoken("So it ", "is, ", "boom ", *["and so on "] * 30)
    with over_http(serving(tmp_path, "  - boom\n", upstream)) as (port, _):
        client = OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="any", max_retries=0)
        with pytest.raises(InternalServerError) as error:
            asked(client, "boom")
        assert error.value.code == "guard_failed" and "boom" in error.value.message
        with pytest.raises(InternalServerError):
            asked(client)
        upstream.stretches = spoken("Fine.").stretches
        assert asked(client).choices[0].message.content == "Fine."


FAILS = """
import pitchpipe as pp

@pp.hookimpl
def register_guards(register):
    register("boom", boom)

def boom(conversation):
    if "boom" in conversation.messages[-1].content:
        raise RuntimeError("no")
    return conversation
"""
