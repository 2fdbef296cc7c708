"""What servers answer, in the forms of their documentation, as the teacher `openai` reads it, and OpenAI's client."""

import asyncio
import json
from typing import Any

import openai
import pytest

import pitchpipe as pp
from pitchpipe_components.teachers.openai import OpenAICompatible
from tests.bad_server import bad_server

QUESTION = [{"role": "user", "content": "mode:given"}]
USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
TOOK = pp.Usage(9, 4)


def chat(content: Any, end: Any = "stop", usage: Any = USAGE, **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": end}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1754000000, "model": "tutor"}
    return {**head, "choices": [choice], "usage": usage}


def with_more(body: dict[str, Any], **choice: Any) -> dict[str, Any]:
    return body | {"choices": [body["choices"][0] | choice]}


# Server, its form, and what it means: the text, how it ended, what was thought, and the tokens.
REPLIES = [
    ("vllm", with_more(chat("yes", reasoning_content=None, tool_calls=[], refusal=None, annotations=None), stop_reason=None, token_ids=None)
        | {"prompt_logprobs": None, "kv_transfer_params": None, "service_tier": None}, ("yes", "stop", "", TOOK)),
    ("vllm, a parser of reasoning", chat("yes", reasoning="well", reasoning_content="well"), ("yes", "stop", "well", TOOK)),
    ("vllm, later", chat("yes", reasoning="well"), ("yes", "stop", "well", TOOK)),
    ("vllm, stopped by words", with_more(chat("yes"), stop_reason="###"), ("yes", "stop", "", TOOK)),
    ("vllm, aborted", chat("ye", "abort"), pp.AskAgain),
    ("vllm, cached tokens", chat("yes", usage=USAGE | {"prompt_tokens_details": {"cached_tokens": 8}}), ("yes", "stop", "", pp.Usage(9, 4, 8))),
    ("vllm, no details", chat("yes", usage=USAGE | {"prompt_tokens_details": None}), ("yes", "stop", "", TOOK)),
    ("llama.cpp", chat("yes") | {"timings": {"prompt_n": 9, "predicted_n": 4}, "system_fingerprint": "b5000", "__verbose": {}}, ("yes", "stop", "", TOOK)),
    ("llama.cpp, reasoning", chat("yes", reasoning_content="well"), ("yes", "stop", "well", TOOK)),
    ("ollama", chat("yes", reasoning="well") | {"system_fingerprint": "fp_ollama"}, ("yes", "stop", "well", TOOK)),
    ("tgi", chat("yes", "eos_token"), ("yes", "stop", "", TOOK)),
    ("tgi, a stop", chat("yes", "stop_sequence"), ("yes", "stop", "", TOOK)),
    ("lm studio", chat("yes") | {"stats": {}}, ("yes", "stop", "", TOOK)),
    ("mistral, too long", chat("ye", "model_length"), ("ye", "cut", "", TOOK)),
    ("mistral, thinking", chat([{"type": "thinking", "thinking": [{"type": "text", "text": "well"}]}, {"type": "text", "text": "yes"}]), ("yes", "stop", "well", TOOK)),
    ("openai, parts", chat([{"type": "text", "text": "ye"}, {"type": "text", "text": "s"}]), ("yes", "stop", "", TOOK)),
    ("openai, thought", chat("yes", usage=USAGE | {"completion_tokens_details": {"reasoning_tokens": 3}}), ("yes", "stop", "", TOOK)),
    ("openai, filtered", chat("ye", "content_filter"), ("ye", "refused", "", TOOK)),
    ("openai, refused", chat(None, refusal="I cannot."), ("", "refused", "", TOOK)),
    ("azure, filtered", with_more(chat("ye", "content_filter"), content_filter_results={"hate": {"filtered": True}}), ("ye", "refused", "", TOOK)),
    ("xai: thoughts are in the total alone", chat("yes", reasoning_content="well", usage=USAGE | {"total_tokens": 63}), ("yes", "stop", "well", pp.Usage(9, 54))),
    ("gemini, filtered", chat(None, "SAFETY"), ("", "refused", "", TOOK)),
    ("gemini, cut", chat("ye", "MAX_TOKENS"), ("ye", "cut", "", TOOK)),
    ("deepseek", chat("yes", reasoning_content="well", usage=USAGE | {"prompt_cache_hit_tokens": 8, "prompt_cache_miss_tokens": 1}), ("yes", "stop", "well", pp.Usage(9, 4, 8))),
    ("deepseek, no room", chat("ye", "insufficient_system_resource"), pp.AskAgain),
    ("openrouter, an error of the provider", with_more(chat("ye", "error"), error={"code": 502, "message": "Provider returned error"}), pp.AskAgain),
    ("no parser of reasoning", chat("<think>\nwell\n</think>\n\nyes"), ("yes", "stop", "well", TOOK)),
    ("the template opens the thoughts", chat("well\n</think>\n\nyes"), ("yes", "stop", "well", TOOK)),
    ("thoughts alone", chat("<think>\nwell"), ("", "failed", "well", TOOK)),
    ("thoughts that were cut", chat("<think>\nwell", "length"), ("", "cut", "well", TOOK)),
    ("words about marks", chat("`</think>` ends thoughts, and `<think>` begins them."), ("`</think>` ends thoughts, and `<think>` begins them.", "stop", "", TOOK)),
    ("no reason given", chat("yes", None), ("yes", "stop", "", TOOK)),
    ("a reason that nobody knows", chat("ye", "tired"), ("", "failed", "", TOOK)),
    ("no usage", chat("yes", usage=None), ("yes", "stop", "", None)),
    ("usage in words", chat("yes", usage={"prompt_tokens": "9", "completion_tokens": 4}), ("yes", "stop", "", None)),
    ("a list for a message", with_more(chat("yes"), message=["yes"]), ("", "failed", "", TOOK)),
    ("usage as a list", chat("yes", usage=[9, 4]), ("yes", "stop", "", None)),
]  # fmt: skip

# Server, status, its form of an error, and what it means.
ERRORS = [
    ("vllm before 0.10", 400, {"object": "error", "message": "max_tokens is too large", "type": "BadRequestError", "param": None, "code": 400}, "400: max_tokens is too large"),
    ("vllm", 400, {"error": {"message": "max_tokens is too large", "type": "BadRequestError", "param": None, "code": 400}}, "400: max_tokens is too large"),
    ("vllm, no model", 404, {"object": "error", "message": "The model `x` does not exist.", "type": "NotFoundError", "code": 404}, pp.PitchpipeError),
    ("an error with status 200", 200, {"object": "error", "message": "overloaded", "type": "x", "code": 503}, pp.AskAgain),
    ("llama.cpp, loading", 503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, pp.AskAgain),
    ("llama.cpp, too long", 400, {"error": {"code": 400, "message": "the request exceeds the available context size", "type": "exceed_context_size_error", "n_prompt_tokens": 9, "n_ctx": 8}}, "400: the request exceeds the available context size"),
    ("llama.cpp, key", 401, {"error": {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}}, pp.PitchpipeError),
    ("tgi, overloaded", 429, {"error": "Model is overloaded", "error_type": "overloaded"}, pp.AskAgain),
    ("tgi, broke off", 424, {"error": "Request failed during generation", "error_type": "generation"}, pp.AskAgain),
    ("tgi, invalid", 422, {"error": "Input validation error: `inputs` must have less", "error_type": "validation"}, "422: Input validation error: `inputs` must have less"),
    ("ollama, no model", 404, {"error": {"message": "model 'x' not found", "type": "api_error", "param": None, "code": None}}, pp.PitchpipeError),
    ("lm studio", 404, {"error": {"message": "No models loaded.", "type": "invalid_request_error", "code": "model_not_found"}}, pp.PitchpipeError),
    ("fastapi", 422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, '422: {"detail": [{"loc": ["body"], "msg": "field required"}]}'),
    ("openai, quota", 429, {"error": {"message": "You exceeded your current quota", "type": "insufficient_quota", "code": "insufficient_quota"}}, pp.PitchpipeError),
    ("azure, filtered", 400, {"error": {"message": "The response was filtered", "code": "content_filter", "status": 400}}, "400: The response was filtered"),
    ("openrouter, no credits", 402, {"error": {"code": 402, "message": "Insufficient credits"}}, pp.PitchpipeError),
    ("anthropic, overloaded", 529, {"error": {"type": "overloaded_error", "message": "Overloaded"}}, pp.AskAgain),
]  # fmt: skip


@pytest.fixture(scope="module")
def server():
    with bad_server(key="") as server:
        yield server


def asked(server, ask, **options) -> pp.Reply:
    async def once():
        teacher = OpenAICompatible(url=server.url, model="tutor", **options)
        try:
            return await teacher(ask)
        finally:
            await teacher.close()

    return asyncio.run(once())


def theirs(server):
    return openai.OpenAI(base_url=server.url, api_key="none", max_retries=0)


@pytest.mark.parametrize(("form", "meant"), [one[1:] for one in REPLIES], ids=[one[0] for one in REPLIES])
def test_a_reply_is_read_as_its_server_means_it(server, form, meant):
    server.given = (200, form)
    if meant is pp.AskAgain:
        with pytest.raises(pp.AskAgain):
            asked(server, pp.Ask(QUESTION))
        return
    reply = asked(server, pp.Ask(QUESTION))
    assert (reply.text, reply.end, reply.reasoning, reply.usage) == meant
    assert reply.end == "stop" or reply.problem
    if isinstance(form["choices"][0]["message"], dict) and isinstance(form["usage"], dict | None):
        with theirs(server) as client:
            message = client.chat.completions.create(model="tutor", messages=QUESTION).choices[0].message
        plain = isinstance(message.content, str) and "<think>" not in message.content
        if plain and reply.end == "stop" and "\n</think>" not in message.content:
            assert message.content == reply.text


@pytest.mark.parametrize(
    ("status", "form", "meant"), [one[1:] for one in ERRORS], ids=[one[0] for one in ERRORS]
)
def test_an_error_is_read_as_its_server_means_it(server, status, form, meant):
    server.given = (status, form)
    if isinstance(meant, str):
        reply = asked(server, pp.Ask(QUESTION))
        assert reply.problem.removesuffix(" (parameters: `body`)") == meant
        assert reply.end in ("failed", "refused") and reply.usage == pp.Usage(0, 0)
        return
    with pytest.raises(meant) as error:
        asked(server, pp.Ask(QUESTION))
    assert "loading" not in str(error.value).lower() or error.value.after > 0
    assert any(
        part in str(error.value) for part in (form.get("message"), form.get("error")) if isinstance(part, str)
    ) or (form["error"]["message"] in str(error.value))
    if status != 200:
        with pytest.raises(openai.APIStatusError), theirs(server) as client:
            client.chat.completions.create(model="tutor", messages=QUESTION)


# --- A text that goes on, and log-probabilities -----------------------------------------------------


def text(said: str, **choice: Any) -> dict[str, Any]:
    one = {"index": 0, "text": said, "logprobs": None, "finish_reason": "stop", **choice}
    return {
        "id": "c",
        "object": "text_completion",
        "created": 1,
        "model": "tutor",
        "choices": [one],
        "usage": USAGE,
    }


LIKELY = {"text_offset": [0, 3], "tokens": ["on", "ce"], "token_logprobs": [-0.5, -1.25], "top_logprobs": [{"on": -0.5}, {"ce": -1.25}]}  # fmt: skip
LIKELY_CHAT = {"content": [{"token": "on", "logprob": -0.5, "bytes": None, "top_logprobs": []}, {"token": "ce", "logprob": -1.25, "bytes": None, "top_logprobs": []}]}  # fmt: skip
PAIRS = [("on", -0.5), ("ce", -1.25)]
LLAMA = {
    "content": "once", "stop_type": "eos", "tokens_evaluated": 9, "tokens_predicted": 4, "truncated": False, "model": "tutor",
    "completion_probabilities": LIKELY_CHAT["content"],
}  # fmt: skip


@pytest.mark.parametrize(("form", "meant"), [
    (text("once", logprobs=LIKELY), ("once", "stop")), (text("once", logprobs=LIKELY_CHAT), ("once", "stop")),
    (text("<think>once", logprobs=LIKELY, finish_reason="length"), ("<think>once", "cut")), (LLAMA, ("once", "stop")),
    (LLAMA | {"stop_type": "limit"}, ("once", "cut")), (LLAMA | {"truncated": True}, ("once", "cut")), (text(""), ("", "failed")),
])  # fmt: skip
def test_a_text_goes_on(server, form, meant):
    server.given = (200, form)
    server.asked.clear()
    ask = pp.Ask((), 7, 0.5, raw="mode:given: <|user|>", stop=("\n\n",), logprobs=True)
    reply = asked(server, ask)
    assert (reply.text, reply.end) == meant
    assert reply.logprobs == (PAIRS if reply.usage and reply.end != "failed" else [])
    with theirs(server) as client:
        client.completions.create(
            model="tutor",
            prompt="mode:given: <|user|>",
            max_tokens=7,
            temperature=0.5,
            stop=["\n\n"],
            logprobs=1,
        )
    ours, its = (json.dumps(body, sort_keys=True) for body in server.asked)  # true is not 1
    assert ours == its


def test_log_probabilities_of_a_chat(server):
    server.given = (200, with_more(chat("once"), logprobs=LIKELY_CHAT))
    server.asked.clear()
    assert asked(server, pp.Ask(QUESTION, logprobs=True)).logprobs == PAIRS
    with theirs(server) as client:
        parameters = {"max_tokens": 1024, "temperature": 0.0, "logprobs": True}
        client.chat.completions.create(model="tutor", messages=QUESTION, **parameters)
    ours, its = (json.dumps(body, sort_keys=True) for body in server.asked)  # true is not 1
    assert ours == its
    server.given = (200, chat("once"))
    assert asked(server, pp.Ask(QUESTION, logprobs=True)).problem == "the server gives no log-probabilities"


def test_a_server_without_raw_texts_is_told_as_such(server):
    server.given = (404, {"error": {"message": "This is a chat model and not supported"}})
    with pytest.raises(pp.PitchpipeError, match=r"does not go on with a text by model 'tutor': /completions"):
        asked(server, pp.Ask((), raw="mode:given"))


SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(("way", "sent"), [
    ("object_with_schema", {"response_format": {"type": "json_object", "schema": SCHEMA}}),
    ("structured_outputs", {"structured_outputs": {"json": SCHEMA}}), ("guided_json", {"guided_json": SCHEMA}), ("none", {}),
])  # fmt: skip
def test_each_server_is_told_of_a_schema_in_its_way(server, way, sent):
    server.given = (200, chat('{"a": "b"}'))
    server.asked.clear()
    asked(server, pp.Ask(QUESTION, schema=SCHEMA), schema=way)
    (body,) = server.asked
    assert {
        name: value
        for name, value in body.items()
        if name not in ("model", "messages", "max_tokens", "temperature")
    } == sent


def test_thoughts_have_tokens_of_their_own(server):
    server.given = (200, chat("yes"))
    server.asked.clear()
    ask = pp.Ask(QUESTION, 200)
    asked(server, ask, thinking=1000)
    assert server.asked[0]["max_tokens"] == 1200
    plain, thinks = (
        OpenAICompatible(url=server.url, model="tutor", **more).request(ask)
        for more in ({}, {"thinking": 1000})
    )
    assert thinks == plain | {"thinking": 1000}
    assert plain.keys() == {"api", "model", "messages", "max_tokens", "temperature", "top_p", "schema"}
