"""Raters in a real browser: no vote is lost or doubled, whatever they do, and text of models stays text."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.browser import browser
from tests.started import interruptible
from tests.tools.compare.made import SCRIPT, run_of, served, some_run, talk

pytestmark = pytest.mark.slow(seconds=15)
REST = 320  # milliseconds after which a pair takes votes


@pytest.fixture(scope="module")
def chromium():
    with browser() as one:
        yield one


@pytest.fixture
def site(tmp_path):
    with served(some_run(tmp_path / "run", 10)) as (server, box, duels):
        yield f"http://127.0.0.1:{server.server_address[1]}/", box, duels


@contextmanager
def opened(chromium, url, **how):
    context = chromium.new_context(**how)
    page = context.new_page()
    broken = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(url)
    yield page
    context.close()
    assert not broken


@contextmanager
def started(folder, *arguments):
    """The command in a process of its own, and the link for raters."""
    command = [sys.executable, "-m", "pitchpipe", "compare", "run", *arguments]
    environment = os.environ | {"COLUMNS": "160", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=interruptible
    ) as process:
        said = iter(process.stdout.readline, "")
        yield process, next(found[0] for line in said if (found := re.search(r"http://\S+", line)))
        process.kill()


def begin(page, name="Ana"):
    page.locator("#name").fill(name)
    page.keyboard.press("Enter")
    page.wait_for_selector("#rating:not([hidden])")


def press(page, key):
    """A vote by its key, and the next pair."""
    before = page.locator("#progress").inner_text()
    page.wait_for_timeout(REST)
    page.keyboard.press(key)
    page.wait_for_function("before => document.getElementById('progress').textContent !== before", arg=before)


def wait_for_votes(page, count):
    page.wait_for_function(
        "start => document.getElementById('progress').textContent.startsWith(start)", arg=f"{count} "
    )


def rated(page):
    return int(page.locator("#progress").inner_text().split()[0])


def test_two_raters_at_once_one_of_whom_closes_the_browser_and_comes_back(chromium, site):
    url, box, _ = site
    with opened(chromium, url) as bob:
        with opened(chromium, url) as ana:
            begin(ana)
            begin(bob, "Bob")
            for key in "145":
                press(ana, key)
                press(bob, "2")
            link = ana.locator("#own").get_attribute("href")
            shown = ana.locator("#rating").inner_text()
        press(bob, "3")
        with opened(chromium, link) as ana:
            ana.wait_for_selector("#rating:not([hidden])")
            assert rated(ana) == 3 and ana.locator("#rating").inner_text() == shown
            while ana.locator("#done").is_hidden():
                press(ana, "1")
            press(bob, "s")
            assert rated(ana) == 11
    votes = box.votes()
    assert [sum(vote.rater == rater for vote in votes) for rater in (1, 2)] == [11, 5]
    assert len({(vote.rater, vote.duel, vote.again) for vote in votes}) == len(votes) == 16


def test_a_double_click_a_reload_and_the_back_button_vote_once(chromium, site):
    url, box, _ = site
    with opened(chromium, url) as page:
        begin(page)
        page.wait_for_timeout(REST)
        page.dblclick("[data-choice=left2]")
        wait_for_votes(page, 1)
        page.wait_for_timeout(REST)
        assert len(box.votes()) == 1
        page.reload()
        page.wait_for_selector("#rating:not([hidden])")
        assert rated(page) == 1
        page.goto("about:blank")
        page.go_back()
        page.wait_for_selector("#rating:not([hidden])")
        page.wait_for_timeout(REST)
        page.click("[data-choice=tie]")
        wait_for_votes(page, 2)
    assert len(box.votes()) == 2


def test_the_next_pair_takes_no_vote_at_once(chromium, site):
    """What is meant for the pair before would hit it."""
    url, box, _ = site
    with opened(chromium, url) as page:
        begin(page)
        press(page, "1")
        page.keyboard.press("1")
        page.click("[data-choice=left2]", no_wait_after=True)
        page.wait_for_timeout(REST)
        assert rated(page) == len(box.votes()) == 1


def test_a_key_that_is_held_down_votes_once(chromium, site):
    url, box, _ = site
    with opened(chromium, url) as page:
        begin(page)
        page.wait_for_timeout(REST)
        for _ in range(5):
            page.keyboard.down("1")  # from the second on they are repeats
            page.wait_for_timeout(REST)
        page.keyboard.up("1")
        assert rated(page) == len(box.votes()) == 1


def test_everything_goes_by_keys(chromium, site):
    url, box, _ = site
    with opened(chromium, url) as page:
        begin(page)
        page.wait_for_timeout(REST)
        for key in ["r", "5", "1", "ArrowDown", "4", "n", *"so so", "Escape", "2"]:
            page.keyboard.press(key)
        wait_for_votes(page, 1)
        (vote,) = box.votes()
        left, right = vote.left, "second" if vote.left == "first" else "first"
        assert (vote.verdict, vote.strength, vote.notes) == (left, 1, "so so")
        assert vote.ratings == {left: {"helpfulness": 5}, right: {"helpfulness": 1, "accuracy": 4}}
        assert vote.seconds > 0
        page.keyboard.press("u")
        page.wait_for_selector(".chosen[data-choice=left1]")
        assert page.locator("#notes").input_value() == "so so"
        assert page.locator("fieldset :checked").count() == 3
        press(page, "b")
        (vote,) = box.votes()
        assert vote.verdict == "both_bad" and vote.notes == "so so"
        page.keyboard.press("?")
        assert page.locator("#keys").is_visible()
        assert page.evaluate("document.activeElement.id") == "rating"


def test_text_of_models_stays_text(chromium, tmp_path):
    said = f"{SCRIPT}</textarea></script>\u2028\u202eevil <b>bold</b>\n```html\n{SCRIPT}\n```"
    one = talk("a", SCRIPT, system=said)
    one["messages"][0]["role"] = SCRIPT
    run = run_of(tmp_path / "run", [one], base={"a": "x"}, tuned={"a": said})
    with (
        served(run) as (server, box, _),
        opened(chromium, f"http://127.0.0.1:{server.server_address[1]}/") as page,
    ):
        begin(page, SCRIPT)
        shown = page.locator("#rating").inner_text()
        assert shown.count("<script>document.title = 'broken'</script><img src=x onerror=") == 6
        assert "U+202E" in shown and "U+2028" in shown and "<b>bold</b>" in shown
        assert page.locator("#rating script, #rating img, #rating b:text('bold')").count() == 0
        press(page, "1")
        page.goto(page.url.split("?")[0] + f"results?key={box.secret('owner')}")
        assert page.title() != "broken" and "1 vote" in page.locator("main").inner_text()


def test_a_killed_server_loses_no_vote(chromium, tmp_path):
    """What was chosen while it was gone is sent again until it is saved."""
    some_run(tmp_path / "run", 4)
    with started(tmp_path, "--port", "0") as (server, url), opened(chromium, url) as page:
        begin(page)
        press(page, "1")
        server.kill()
        server.wait()
        page.wait_for_timeout(REST)
        page.keyboard.press("5")
        page.wait_for_selector("#alert:not([hidden])")
        assert "No connection" in page.locator("#alert").inner_text()
        with started(tmp_path, "--port", str(urlsplit(url).port)) as (again, _):
            wait_for_votes(page, 2)
            assert page.locator("#alert").is_hidden()
            again.send_signal(signal.SIGINT)
            said = again.communicate()[0]
            assert again.returncode == 0 and "2 votes so far" in said


@pytest.mark.parametrize("width", [320, 390, 768, 1600])
def test_nothing_is_wider_than_the_screen_and_replies_are_equally_high(chromium, tmp_path, width):
    talks = [talk("a", "word " * 300, system="unbroken" * 80)]
    replies = {"a": "short"}, {"a": f"{'unbroken' * 90}\n\n```\n{'code ' * 90}\n```\n" + "word " * 400}
    run = run_of(tmp_path / "run", talks, base=replies[0], tuned=replies[1])
    with served(run) as (server, _, _):
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        with opened(chromium, url, viewport={"width": width, "height": 800}) as page:
            begin(page)
            page.keyboard.press("r")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            high = [
                box["height"] for box in map(lambda one: one.bounding_box(), page.locator("article").all())
            ]
            assert width < 704 or high[0] == pytest.approx(high[1])
            verdict = page.locator("#verdict").bounding_box()
            assert verdict["y"] + verdict["height"] <= 800
