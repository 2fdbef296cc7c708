"""The dashboard in a real browser, sent by a real server; and what it makes of what parts show."""

import json
from urllib.request import Request, urlopen

import pytest

import pitchpipe as pp
from pitchpipe_components.middlewares.drift.component import Drift
from pitchpipe_stages.serve.access import AccessRules
from pitchpipe_stages.serve.history import SECONDS, ServedHistory
from pitchpipe_stages.serve.keys import ServerKeys
from pitchpipe_stages.serve.service import ServingService
from pitchpipe_tools.serve.dashboard.page import body, dashboard, dashboard_pages
from pitchpipe_tools.serve.dashboard.words import lasting, quick
from tests.browser import browser
from tests.stages.serve.running import running
from tests.stages.serve.said import Saying, words
from tests.tools.html.browser import Page
from tests.tools.report.hostile import HOSTILE


class Shown:
    """A middleware that shows what it is told to show."""

    def __init__(self, *panels):
        self.panels = lambda: panels

    def __call__(self, asked, answer):
        return answer(asked)


class Broken:
    def panels(self):
        raise ValueError("no numbers today")

    def __call__(self, asked, answer):
        return answer(asked)


PANEL = pp.Panel(
    f"A test {HOSTILE}", f"note {HOSTILE}", ("a", "b", "c", "d", "e"), [(HOSTILE, 1, 2.5, "x", None)],
    [(1e9, 1), (1e9 + 60, 2)], f"look {HOSTILE}",
)  # fmt: skip


def served(tmp_path, *parts, name="m"):
    return ServingService({name: Saying(*words("fine", "."))}, tmp_path, middlewares=parts)


def test_nothing_that_is_shown_becomes_a_tag(tmp_path):
    service = served(tmp_path, Shown(PANEL), name=HOSTILE)
    page = Page(dashboard(service))
    assert not page.errors and page.tags["script"] == 1 and "img" not in page.tags
    assert any("A test" in text for text in page.words)
    assert [one for one in page.elements("section") if "alerting" in one["class"]]


def test_a_part_that_cannot_be_shown_hides_no_other(tmp_path):
    text = body(served(tmp_path, Broken(), Shown(pp.Panel("Other", rows=[(1,)], head=("n",)))))
    assert "no numbers today" in text and "Other" in text


def test_an_hour_is_drawn_where_something_was_asked(tmp_path):
    service = served(tmp_path)
    assert "ten seconds after" in body(service)

    class Clock:
        now = 1e9

        def __call__(self):
            return self.now

    service.history = ServedHistory(clock := Clock())
    for _ in range(400):
        service.history.now().requests += 1
        service.history.first(0.25)
        clock.now += SECONDS
    page = Page(body(service))
    assert page.tags["svg"] == 3
    assert "requests; 0.1 a second" in page.words  # of a minute, one each ten seconds


def test_durations_in_words():
    assert [lasting(s) for s in (3, 90, 3720, 90000)] == ["3 s", "1 min", "1 h 2 min", "1 d 1 h"]
    assert [quick(s) for s in (0.0421, 0.9999, 12.34)] == ["42 ms", "1 s", "12.3 s"]


def test_columns_of_numbers_stand_at_the_right_wherever_they_are(tmp_path):
    rows = [("quick", 1200, "50%", "answers", ""), ("slow", 3, "-1.5%", "1 is late", "0.05")]
    page = Page(
        body(served(tmp_path, Shown(pp.Panel("Sides", "", ("side", "n", "share", "now", "p"), rows))))
    )
    cells = page.elements("td")[-5:]
    assert [cell.get("class") for cell in cells] == [None, "number", "number", None, "number"]
    assert [cell.get("data-label") for cell in cells] == [None, "n", "share", "now", "p"]
    assert "1,200" in page.words


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    service = served(tmp_path_factory.mktemp("dashboard"), Drift(), Shown(PANEL))
    service.say = lambda line: None
    with running(service, dashboard_pages(service), AccessRules(keys=ServerKeys((KEY.encode(),)))) as url:
        yield url


KEY = "a key that nobody guesses"


def ask(address):
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
    asked = Request(
        f"{address}/v1/chat/completions", json.dumps(body).encode(), {"authorization": f"Bearer {KEY}"}
    )
    return json.load(urlopen(asked))


@pytest.mark.slow
def test_in_a_browser_the_numbers_change_and_nothing_is_wider_than_a_phone(address):
    with browser() as chromium:
        complaints = []
        known = {"http_credentials": {"username": "any", "password": KEY}}  # as the browser asks for them
        page = chromium.new_context(viewport={"width": 400, "height": 800}, **known).new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/dashboard")
        assert page.locator(".tile b").first.inner_text() == "0"
        ask(address)
        page.evaluate("again()")
        page.wait_for_function("document.querySelector('.tile b').innerText == '1'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        assert page.locator("text=Drift of m").count() == 1
        assert page.locator(".notices li").count() == 1
        assert not page.locator(".late").count() and complaints == []

        page.route("**/dashboard/body", lambda route: route.abort())
        page.evaluate("again()")
        page.wait_for_selector(".late")

        quiet = chromium.new_context(java_script_enabled=False, **known).new_page()
        quiet.goto(f"{address}/dashboard")
        assert quiet.locator(".tile b").first.inner_text() == "1"
