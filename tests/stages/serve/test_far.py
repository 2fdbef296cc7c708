"""A server before another one of ours: OpenAI's client hears through both what it hears of the one behind."""

from contextlib import ExitStack

import openai
import pytest

import pitchpipe as pp
from pitchpipe_components.routers.split import SplitRouter
from pitchpipe_components.upstreams.openai import OpenAIUpstream
from pitchpipe_stages.serve.service import ServingService
from tests.stages.serve.running import running
from tests.stages.serve.said import Saying

CALL = {"id": "call_1", "name": "add", "arguments": '{"a": 1}'}
TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}
LIKELY = (pp.Likely(5, "é".encode(), -0.5, ((5, "é".encode(), -0.5), (6, b"e", -1.5))),)


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("far")
    behind = {
        "words": Saying(
            pp.Said(text="Größe ", tokens=2), pp.Said(text="😀", tokens=1), pp.Said(end="length")
        ),
        "calls": Saying(
            pp.Said(reasoning="hm", tokens=1, thought=1), pp.Said(calls=[CALL], tokens=4, end="tool_calls")
        ),
        "likely": Saying(pp.Said(text="é", likely=LIKELY, tokens=1), pp.Said(end="stop")),
    }
    with ExitStack() as stack:
        (folder / "far").mkdir()
        url = stack.enter_context(running(ServingService(behind, folder / "far"))) + "/v1"
        ahead = {name: OpenAIUpstream(url=url, model=name) for name in behind}
        ahead["dead"] = OpenAIUpstream(url="http://127.0.0.1:9/v1", model="m")
        router = SplitRouter(shares={"words": 0.5, "dead": 0.5}, stand_in=["calls"])
        near = ServingService(ahead, folder, router=router, routed="auto")
        near_url = stack.enter_context(running(near)) + "/v1"
        clients = [openai.OpenAI(base_url=one, api_key="none", max_retries=0) for one in (url, near_url)]
        for client in clients:
            stack.enter_context(client)
        yield *clients, near, behind


def asked(client: openai.OpenAI, model: str, **more: object):
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hi"}], **more)


@pytest.mark.parametrize(("model", "more"), [
    ("words", {}), ("calls", {"tools": [TOOL]}), ("likely", {"logprobs": True, "top_logprobs": 2}),
])  # fmt: skip
def test_an_answer_is_the_same_through_both(servers, model, more):
    far, near, *_ = servers
    one, other = (asked(client, model, **more) for client in (far, near))
    assert one.choices == other.choices and one.usage == other.usage


@pytest.mark.parametrize("model", ["words", "calls"])
def test_a_stream_is_the_same_through_both(servers, model):
    far, near, *_ = servers
    heard = [
        [chunk.choices[0] for chunk in asked(client, model, stream=True) if chunk.choices]
        for client in (far, near)
    ]
    texts = ["".join(choice.delta.content or "" for choice in choices) for choices in heard]
    assert texts[0] == texts[1] and heard[0][-1].finish_reason == heard[1][-1].finish_reason


def test_what_a_client_does_not_name_is_left_to_the_server_behind(servers):
    _, near, _, behind = servers
    asked(near, "words")
    asked(near, "words", temperature=0.5, seed=7, stop=["x"], max_tokens=9, user="ann")
    named, plain = behind["words"].asked[-1], behind["words"].asked[-2]
    assert "temperature" in plain.wish.left and "temperature" not in named.wish.left
    assert (named.wish.sampling.temperature, named.wish.seed, named.wish.stop, named.wish.max_tokens) == (
        0.5,
        7,
        ("x",),
        9,
    )
    assert "ann" not in named.user, "the names of clients stay where they are"


def test_a_split_counts_feedback_and_what_stood_in_counts_for_nobody(servers):
    _, near, service, _ = servers
    sides = {}
    for number in range(12):
        answer = asked(near, "auto", user=f"u{number}")
        said = (
            near.post("/feedback", body={"id": answer.id, "rating": 1}, cast_to=object)
            if answer.choices[0].message.content
            else None
        )
        sides[number] = said is not None
    assert {*sides.values()} == {True, False}
    panel = next(panel for panel in service.router.panels() if panel.title == "Experiment")
    counted = {row[0]: row[4] for row in panel.rows}
    assert counted == {"words": sum(sides.values()), "dead": 0}
