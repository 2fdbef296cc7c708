"""What fails does so with a status and words in the one shape, before the first word and after it."""

import json

import httpx
import openai
import pytest

from pitchpipe_stages.serve.api.body import DEEPEST
from tests.stages.serve.api.parrot import SPARE

CHAT = "/v1/chat/completions"


_SPARE = iter(SPARE)


def said(words: str, **more: object) -> dict[str, object]:
    return {"model": "grey", "messages": [{"role": "user", "content": words}], **more}


def failing(words: str, **more: object) -> dict[str, object]:
    """The like of an upstream that has not failed yet."""
    return said(words, **more) | {"model": next(_SPARE)}


@pytest.fixture(scope="module")
def http(served):
    with httpx.Client(base_url=served.url, timeout=30) as one:
        yield one


def error(answer: httpx.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/json" and answer.headers["x-request-id"]
    assert list(answer.json()) == ["error"]
    found = answer.json()["error"]
    assert set(found) == {"message", "type", "param", "code"} and found["message"]
    return found


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "status, kind", [(429, "rate_limit_error"), (503, "server_error"), (400, "invalid_request_error")]
)
def test_declined_before_the_first_word(http, stream, status, kind):
    answer = http.post(CHAT, json=failing(f"decline:{status} now", stream=stream))
    assert answer.status_code == status and answer.headers["retry-after"] == "7"
    assert error(answer) == {"message": "not now", "type": kind, "param": None, "code": "busy"}


@pytest.mark.parametrize("stream", [False, True])
def test_an_upstream_that_breaks_before_the_first_word(http, stream, caplog):
    answer = http.post(CHAT, json=failing("break: now", stream=stream))
    assert answer.status_code == 500 and error(answer)["code"] == "internal_error"
    assert "parrot" not in answer.text and "ZeroDivisionError" in caplog.text
    assert http.get("/health").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "words, code", [("fail:2 One two three", "internal_error"), ("fail:2 One two soon", "draining")]
)
def test_what_breaks_off_says_so_in_the_stream(http, served, words, code):
    answer = http.post(CHAT, json=failing(words, stream=True))
    *_, last, nothing = answer.text.split("\n\n")
    assert answer.status_code == 200 and "[DONE]" not in answer.text and nothing == ""
    assert json.loads(last.removeprefix("data: "))["error"]["code"] == code
    client = openai.OpenAI(base_url=f"{served.url}/v1", api_key="any", max_retries=0)
    with pytest.raises(openai.APIError) as found:
        list(client.chat.completions.create(**failing(words, stream=True)))
    assert found.value.code == code


def test_what_breaks_off_is_no_answer_where_it_is_not_streamed(http):
    assert http.post(CHAT, json=failing("fail:2 One two soon")).status_code == 503
    assert http.post(CHAT, json=failing("fail:2 One two three")).status_code == 500


def test_an_answer_that_never_said_how_it_ended_is_none(http):
    assert http.post(CHAT, json=failing("endless: One")).status_code == 500
    answer = http.post(CHAT, json=failing("endless: One", stream=True))
    assert '"internal_error"' in answer.text and "[DONE]" not in answer.text


def test_one_prompt_of_several_that_fails_fails_them_all(http, served):
    body = {"model": next(_SPARE), "prompt": ["slow:0.01 " + "word " * 5000, "decline:429 x"]}
    answer = http.post("/v1/completions", json=body)
    assert answer.status_code == 429 and "not now" in error(answer)["message"]
    assert served.parrot.speaking == 0


BODIES = [
    (b"", 400, "invalid_json"), (b"  ", 400, "invalid_json"), (b"{", 400, "invalid_json"), (b"[1]", 400, "invalid_json"),
    (b"\xff\xfe{}", 400, "invalid_json"), (b'{"a": NaN}', 400, "invalid_json"), (b'{"a": 1e999}', 400, "invalid_json"),
    (b'{"a": "\xff"}', 400, "invalid_json"), (b'{"a": "\\ud800"}', 400, "invalid_json"), (b"model=grey", 400, "invalid_json"),
    (b'{"model":"grey","messages":' + b"[" * 100_000, 400, None), (b'"x"', 400, "invalid_json"),
    (b'{"model":"grey","messages":' + b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1) + b"}", 400, None),
    (b"x" * 200_001, 413, "body_too_large"),
]  # fmt: skip


@pytest.mark.parametrize("body, status, code", BODIES)
@pytest.mark.parametrize("path", [CHAT, "/v1/completions", "/generate", "/v1/feedback"])
def test_bodies_that_are_none(http, path, body, status, code):
    answer = http.post(path, content=body)
    assert answer.status_code == status and error(answer)["code"] == code


@pytest.mark.parametrize("parts, heard", [(100, {413}), (4000, {413, None})])
def test_a_body_in_parts_is_measured_while_it_comes(http, parts, heard):
    sent = 0

    def body():
        nonlocal sent
        for _ in range(parts):
            sent += 1
            yield b" " * 10_000

    try:
        status = http.post(CHAT, content=body()).status_code
    except httpx.TransportError:  # of what has no end, the server reads no more, and closes
        status = None
    assert status in heard
    assert (sent == parts) is (parts == 100)


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "", None]
)
def test_json_is_read_whatever_it_is_called(http, kind):
    headers = {} if kind is None else {"content-type": kind}
    answer = http.post(CHAT, content=b"\xef\xbb\xbf" + json.dumps(said("Hi")).encode(), headers=headers)
    assert answer.json()["choices"][0]["message"]["content"] == "Hi"


def test_a_packed_body_is_refused_by_name(http):
    answer = http.post(CHAT, content=b"\x1f\x8b", headers={"content-encoding": "gzip"})
    assert answer.status_code == 415 and "gzip" in error(answer)["message"]


def test_paths_and_methods_that_are_not_there(http):
    assert "Did you mean '/v1/chat/completions'?" in error(http.post("/v1/chat/completion"))["message"]
    assert http.post("/v1/embeddings").status_code == 404
    answer = http.get(CHAT)
    assert (
        answer.status_code == 405 and error(answer)["code"] == "method_not_allowed" and "POST" in answer.text
    )
    assert http.get("/v1/models/").status_code == 404


def test_too_many_messages(http):
    body = {"model": "grey", "messages": [{"role": "user", "content": "x"}] * 21}
    assert error(http.post(CHAT, json=body))["param"] == "messages"


@pytest.mark.parametrize("body, param", [
    ({"role": "robot", "content": "x"}, "messages.0.role"), ({"content": "x"}, "messages.0.role"), ("x", "messages.0"),
    ({"role": "user", "content": 5}, "messages.0.content"),
    ({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x"}}]}, "messages.0.content.0.type"),
])  # fmt: skip
def test_messages_are_named_by_their_place(http, body, param):
    found = error(http.post(CHAT, json={"model": "grey", "messages": [body]}))
    assert found["param"].startswith(param.rpartition(".")[0]) and found["type"] == "invalid_request_error"


def test_health_and_readiness(http, served):
    assert http.get("/health").status_code == http.get("/ready").status_code == 200
    served.service.admission.draining = True
    try:
        assert (http.get("/ready").status_code, http.get("/health").status_code) == (503, 200)
    finally:
        served.service.admission.draining = False


def test_metrics(http):
    answer = http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "pitchpipe_requests_accepted_total" in answer.text


def test_feedback_that_nobody_hears(http):
    answer = http.post("/v1/feedback", json={"id": "chatcmpl-1", "rating": 1})
    assert answer.status_code == 501 and "journal" in error(answer)["message"]


class Ears:
    def __init__(self):
        self.heard_of = []

    async def heard(self, feedback):
        self.heard_of.append(feedback)
        return feedback.id == "known"

    def __call__(self, request, answer):
        return answer(request)


def test_feedback_reaches_those_who_listen(http, served, monkeypatch):
    ears = Ears()
    monkeypatch.setattr(served.service, "middlewares", [ears])
    body = {"id": "known", "rating": -0.5, "better": "this", "user": "ann", "index": 1}
    assert http.post("/v1/feedback", json=body).json()["kept"] is True
    (one,) = ears.heard_of
    assert (one.rating, one.better, one.user, one.index) == (-0.5, "this", "ann", 1)
    assert http.post("/v1/feedback", json={"id": "other", "rating": 1}).status_code == 404
    for wrong in ({"id": "known"}, {"rating": 1}, {"id": "known", "rating": 2}, {"id": "known", "ratng": 1}):
        assert http.post("/v1/feedback", json=wrong).status_code == 400
