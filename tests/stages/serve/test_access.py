"""Who may ask: keys on every route but one, no foreign names or pages, so many requests of a key at a time."""

import asyncio
import base64
from contextlib import suppress

import httpx
import pytest

import pitchpipe as pp
from pitchpipe_stages.serve import access
from pitchpipe_stages.serve.access import Access, AccessRules, rules_of
from pitchpipe_stages.serve.api.app import app_of
from pitchpipe_stages.serve.keys import ServerKeys
from pitchpipe_stages.serve.sections import Serve
from pitchpipe_stages.serve.service import ServingService
from tests.stages.serve.said import Saying, words

KEYS = ("a-key-of-the-first-client", "a-key-of-the-second-one")
CHAT = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}


def client(rules, tmp_path, wait=0.0):
    service = ServingService({"m": Saying(*words("a"), wait=wait)}, tmp_path)
    app = Access(app_of(service, Serve()), rules, service.responded)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


def keyed(**other):
    return AccessRules(keys=ServerKeys(tuple(key.encode() for key in KEYS)), **other)


def asked(one, *requests):
    """The responses to (method, path, options), all sent in the same moment."""

    async def all_of_them():
        async with one:
            sent = (one.request(method, path, **how) for method, path, how in requests)
            return await asyncio.gather(*sent)

    return asyncio.run(all_of_them())


def bearer(key):
    return {"headers": {"Authorization": f"Bearer {key}"}}


def test_every_route_but_health_demands_a_key(tmp_path):
    app = app_of(ServingService({"m": Saying()}, tmp_path), Serve())
    paths = {route.path.replace("{model:path}", "m") for route in app.routes}
    assert {"/v1/chat/completions", "/metrics", "/docs", "/ready", "/openapi.json", "/health"} <= paths
    paths |= {"/", "/nothing", "/v1", "//health", "/health/", "/HEALTH", "/health%2f..%2fmetrics"}
    for method in ("GET", "POST", "OPTIONS", "HEAD", "PUT"):
        sent = [(method, path, {}) for path in sorted(paths)]
        for (_, path, _), answer in zip(sent, asked(client(keyed(), tmp_path), *sent), strict=True):
            assert (answer.status_code == 401) is (path != "/health"), (method, path)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {KEYS[0]}", 200),
        (f"bearer   {KEYS[1]} ", 200),
        ("Basic " + base64.b64encode(f"anyone:{KEYS[0]}".encode()).decode(), 200),
        ("Basic " + base64.b64encode(KEYS[0].encode()).decode(), 401),
        ("Basic ???", 401),
        (f"Bearer {KEYS[0]}x", 401),
        (f"Bearer {KEYS[0][:-1]}", 401),
        (f"Bearer {','.join(KEYS)}", 401),
        (f"Token {KEYS[0]}", 401),
        (KEYS[0], 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("Bearer \u00e9".encode("latin-1"), 401),
    ],
)
def test_keys_are_compared_whole(tmp_path, header, status):
    (answer,) = asked(
        client(keyed(), tmp_path), ("GET", "/v1/models", {"headers": {"Authorization": header}})
    )
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["error"]["code"] == "invalid_api_key"
        assert "Basic" in answer.headers["www-authenticate"]
        assert not any(key in answer.text for key in KEYS)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "127.0.0.1:8000"}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "[::1]:8000"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Host": "localhost@evil.example"}, 421),
        ({"Host": ""}, 421),
        ({"Origin": "http://127.0.0.1"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[bad"}, 403),
        ({"Origin": "http://127.0.0.1:9"}, 403),
    ],
)
def test_on_loopback_no_other_page_asks(tmp_path, headers, status):
    (answer,) = asked(client(AccessRules(), tmp_path), ("GET", "/v1/models", {"headers": headers}))
    assert answer.status_code == status, answer.text
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_proxy_on_this_machine_may_have_a_name(tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_KEYS", KEYS[0])
    rules = rules_of(Serve(domains=["API.example.org"], key="SOME_KEYS"))
    proxied = {"Host": "api.example.org", "Origin": "https://api.example.org", **bearer(KEYS[0])["headers"]}
    other = {**proxied, "Host": "example.org"}
    sent = [("GET", "/v1/models", {"headers": headers}) for headers in (proxied, other)]
    assert [answer.status_code for answer in asked(client(rules, tmp_path), *sent)] == [200, 421]


def test_so_many_requests_of_a_key_at_a_time(tmp_path):
    send = [("POST", "/v1/chat/completions", {"json": CHAT, **bearer(KEYS[0])})] * 5
    others = [("POST", "/v1/chat/completions", {"json": CHAT, **bearer(KEYS[1])})] * 2
    one = client(keyed(per_key=2), tmp_path, wait=0.02)
    answers = asked(one, *send, *others)
    assert sorted(answer.status_code for answer in answers[:5]) == [200, 200, 429, 429, 429]
    assert [answer.status_code for answer in answers[5:]] == [200, 200]
    busy = next(answer for answer in answers if answer.status_code == 429)
    assert busy.headers["retry-after"] == "1" and busy.json()["error"]["code"] == "key_busy"


@pytest.mark.parametrize(("failure", "status"), [(None, "499"), (RuntimeError("broken"), "500")])
def test_what_never_began_is_counted_as_what_it_was(tmp_path, failure, status):
    """A client that goes away before the first word is no failure of the server's."""
    service = ServingService({"m": Saying()}, tmp_path)

    async def app(*_):
        if failure:
            raise failure

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", b"localhost")]}
    with suppress(RuntimeError):
        asyncio.run(Access(app, AccessRules(), service.responded)(scope, app, app))
    counted = service.metrics.registry.get_sample_value
    assert counted("pitchpipe_http_responses_total", {"path": "other", "status": status}) == 1


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(access, "SLOWEST", 0.05)

    async def nothing():
        await asyncio.Event().wait()

    assert asyncio.run(access.hurried(nothing)()) == {"type": "http.disconnect"}


def test_whoever_lets_others_in_demands_keys(monkeypatch):
    monkeypatch.setenv("SOME_KEYS", " , ".join(KEYS))
    monkeypatch.setenv("SHORT_KEYS", f"{KEYS[0]},short")
    assert rules_of(Serve(key="SOME_KEYS", host="0.0.0.0")).keys.known == tuple(map(str.encode, KEYS))
    for told, said in [
        (Serve(host="0.0.0.0"), "--key PITCHPIPE_KEYS"),
        (Serve(host="::"), "--key PITCHPIPE_KEYS"),
        (Serve(host="example.org"), "--key PITCHPIPE_KEYS"),
        (Serve(key="SHORT_KEYS"), "fewer than 16 characters"),
        (Serve(key="NO_KEYS"), "the variable NO_KEYS holds no keys"),
        (Serve(domains=["api.example.org"]), "others can reach api.example.org"),
        (Serve(per_key=1), "no keys are demanded"),
    ]:
        with pytest.raises(pp.PitchpipeError, match=said):
            rules_of(told)
    assert KEYS[0] not in repr(rules_of(Serve(key="SOME_KEYS")))
