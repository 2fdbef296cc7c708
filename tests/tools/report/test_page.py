"""The page of a run's data as a document: its rows are escaped, its size is bounded."""

import re
import shlex
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from html import unescape

from tests.tools.html.browser import Page
from tests.tools.report.hostile import HOSTILE, PLUGIN, row


def test_the_page_is_well_formed(page):
    assert page.errors == [] and page.open == []
    names = [value for name, value in page.attributes if name == "id"]
    assert len(names) == len(set(names))
    linked = {value[1:] for name, value in page.attributes if name == "href"}
    assert linked <= set(names)


def test_nothing_in_a_row_becomes_part_of_the_page(page):
    known = set(
        [
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "a",
            "header",
            "h1",
            "h2",
            "h3",
            "h4",
            "p",
            "nav",
            "ul",
            "li",
            "main",
            "section",
            "div",
            "span",
            "b",
            "i",
            "small",
            "strong",
        ]
    )
    known |= set(
        [
            "details",
            "summary",
            "dl",
            "dt",
            "dd",
            "code",
            "footer",
            "figure",
            "figcaption",
            "svg",
            "path",
            "line",
            "rect",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        ]
    )
    assert set(page.tags) <= known | {"script", "pre", "button", "h5"}
    assert page.tags["script"] == 1 and {"img", "u"}.isdisjoint(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in page.text()
    assert "two <b>" in page.text() and "equal <i>" in page.text()


def test_nothing_is_fetched(here, page):
    text = here.read("runs/recipe/report.html")
    assert not re.search(r"https?://|url\(|@import", text)
    assert not {"src", "srcset", "xlink:href", "action"} & {name for name, _ in page.attributes}
    (policy,) = [value for name, value in page.attributes if name == "content" and "default-src" in value]
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    known = b64encode(sha256(script.encode()).digest()).decode()
    assert policy == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline';"
        f" script-src 'sha256-{known}'"
    )


def test_it_can_be_used_without_a_mouse_and_on_a_phone(page):
    assert page.tags["summary"] == page.tags["details"] > 0
    assert ("name", "viewport") in page.attributes and ("lang", "en") in page.attributes
    drawn = [value for name, value in page.attributes if name == "aria-label" and "median" in value]
    assert len(drawn) == page.tags["svg"] > 0


def test_it_looks_the_same_each_time(here):
    before = here.read("runs/recipe/report.html")
    here.run("report", "runs/recipe").assert_success()
    assert here.read("runs/recipe/report.html") == before


def test_the_page_stays_small_whatever_the_rows_say(project):
    long = "word & <tag> " * 3000
    rows = [row(f"{n} {long}", f"odd {n} {HOSTILE} {long}", f"category {n} {long}") for n in range(150)]
    rows += [{"asks": long}] * 5
    here = project(
        {
            "pitchpipe_local.py": PLUGIN,
            "rows.jsonl": rows,
            "recipe.yaml": """\
loaders: [{plain: {path: rows.jsonl}}]
repair: false
filters: [odd]
""",
        }
    )
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_failed("nothing is kept: all 155 rows")
    here.run("report", "runs/recipe").assert_success()
    text = here.read("runs/recipe/report.html")
    assert len(text.encode()) < 400_000
    found = Page(text)
    assert found.errors == [] and "nothing is left" in found.text()
    assert found.tags["details"] <= 60
    assert re.search(r"And \d+ more reasons, of \d+ rows: they stand in ledger.jsonl", found.text())


def test_no_run_is_said_so(project):
    here = project({"some/file.txt": "x"})
    here.run("report", "some").assert_failed("some is no run that has prepared data")


def test_every_command_on_the_page_can_be_pasted(here, page):
    text = here.read("runs/recipe/report.html")
    found = {unescape(command) for command in re.findall(r'<code class="command">(.*?)</code>', text)}
    verbs = Counter(shlex.split(command)[1] for command in found)
    assert verbs["tune"] >= 2 and verbs["why"] >= 5
    for command in found:
        here.run(*shlex.split(command)[1:]).assert_success()
    assert not re.search(r"\b(RUN|ROW|FILTER)\b", page.text())


def test_what_must_not_be_missed_stands_first(page):
    before, _, after = page.text().partition("rows read, from")
    assert "Look at this first 'two <b>' is seen 5 times in each epoch" in before
    assert "Look at this first" not in after


def test_a_reply_that_is_only_a_call_is_shown(project):
    call = {"type": "function", "function": {"name": "look_up", "arguments": '{"town": "Oslo"}'}}
    messages = [
        {"role": "user", "content": "How warm is it in Oslo?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
    ]
    recipe = "loaders: [{files: {path: rows.jsonl}}]\nfilters: [{length: {max_prompt_chars: 5}}]\n"
    kept = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}
    here = project({"rows.jsonl": [kept, {"messages": messages}], "recipe.yaml": recipe})
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_success()
    here.run("report", "runs/recipe").assert_success()
    assert 'assistant calls look_up {"town": "Oslo"}' in Page(here.read("runs/recipe/report.html")).text()


def test_a_run_that_was_stopped_says_how_to_go_on(project):
    here = project(
        {
            "rows.jsonl": [{"instruction": "Hi", "output": "Hello"}, {"instruction": "Hi", "output": ""}],
            "recipe.yaml": "loaders: [{files: {path: rows.jsonl}}]\ndata: {max_dropped: 10%}\n",
        }
    )
    here.run("prepare", "recipe.yaml", "--workers", "1", "--name", "other").assert_failed(
        "more than data.max_dropped"
    )
    said = here.run("report", "runs/other")
    said.assert_failed("runs/other: its data is not prepared to the end")
    said.assert_failed("runs/other/prepared.new/ledger.jsonl. To go on: pitchpipe prepare")
    said.assert_failed("recipe.yaml --name other")
    here.run("report", "runs").assert_failed("It holds runs: runs/other.")


def test_a_run_that_lost_nothing_says_so(project):
    here = project(
        {
            "rows.jsonl": [{"instruction": "Hi", "output": "Hello"}],
            "recipe.yaml": "loaders: [{files: {path: rows.jsonl}}]\n",
        }
    )
    here.run("prepare", "recipe.yaml", "--workers", "1").assert_success()
    here.run("report", "runs/recipe").assert_success()
    text = Page(here.read("runs/recipe/report.html")).text()
    assert "Reasons No row was dropped, quarantined or tagged." in text and "Unfold a reason" not in text
    assert "Look at this first" not in text
    assert "Splits No conversation is in validation or test." in text
