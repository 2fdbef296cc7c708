"""/docs is a page that works without a network, and tries each route from where it is shown."""

import httpx
import pytest

from pitchpipe_stages.serve.api.documents import docs_page
from tests.browser import browser

pytestmark = pytest.mark.slow(seconds=5)


def test_every_route_is_tried_in_a_browser(served):
    asked, wrong = list[str](), list[str]()
    with browser() as one:
        page = one.new_page(viewport={"width": 400, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{served.url}/docs")
        page.wait_for_selector("details")
        paths = page.locator("summary code").all_inner_texts()
        for path in paths:
            route = page.locator("details", has=page.get_by_text(path, exact=True))
            route.locator("summary").click()
            route.locator("button", has_text="Send").click()
            route.locator("pre .good, pre .bad").wait_for()
            expected = "501" if path == "/v1/feedback" else "200"
            assert route.locator("pre").inner_text().startswith(expected), path
        chat = page.locator("details").first
        chat.locator("button", has_text="Stream").click()
        page.get_by_text("[DONE]").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert all(url.startswith(f"{served.url}/") for url in asked)
    assert [line for line in wrong if "501" not in line] == []


def test_the_document_has_every_route_with_an_example_that_is_answered(served):
    spec = httpx.get(f"{served.url}/openapi.json").json()
    assert set(spec["paths"]) == {
        "/v1/chat/completions", "/v1/completions", "/generate", "/v1/feedback", "/v1/models", "/v1/models/{model}",
        "/health", "/ready", "/metrics",
    }  # fmt: skip
    for path, methods in spec["paths"].items():
        for route in methods.values():
            assert route["summary"] and route["tags"]
            if "requestBody" in route and path != "/v1/feedback":
                content = route["requestBody"]["content"]["application/json"]
                body = content["example"] | ({"model": "grey"} if "model" in content["example"] else {})
                assert httpx.post(served.url + path, json=body).status_code == 200
                assert all(
                    one.get("description") or one.get("anyOf")
                    for one in content["schema"]["properties"].values()
                )
    assert "ValidationError" not in str(spec)


def test_home_leads_there(served):
    answer = httpx.get(served.url, follow_redirects=True)
    assert answer.url.path == "/docs" and answer.text == docs_page()
