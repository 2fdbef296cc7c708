"""What run.json records beside the rows, on the page: warnings, repeats, columns that nobody read."""

import json
import re
from contextlib import contextmanager

from tests.tools.html.browser import Page


@contextmanager
def recording(here, **stages):
    """The run, with more in the results of its stages."""
    file = here.folder / "runs/recipe/run.json"
    before = file.read_bytes()
    record = json.loads(before)
    for name, more in stages.items():
        stage = record["stages"].setdefault(name.replace("_", " "), {"parts": {}, "done": True, "result": {}})
        merge(stage, more)
    file.write_text(json.dumps(record))
    try:
        yield file.parent
    finally:
        file.write_bytes(before)


def merge(into, more):
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def page_of(here, **stages):
    try:
        with recording(here, **stages):
            here.run("report", "runs/recipe").assert_success()
            return here.read("runs/recipe/report.html")
    finally:
        here.run("report", "runs/recipe").assert_success()


def test_warnings_stand_first_and_are_not_repeated_in_other_words(here):
    lost = {"rows": {"one": {"kept": 0}}}
    first, _, _ = Page(page_of(here, prepare={"result": lost})).text().partition("rows read, from")
    assert "Nothing is learned from 'one': its 114 rows are all lost." in first
    warned = {**lost, "warnings": ["'one' lost all rows to <b>odd</b>. Look at it"]}
    text = page_of(here, prepare={"result": warned})
    first, _, _ = Page(text).text().partition("rows read, from")
    assert "Look at this first 'one' lost all rows to <b>odd</b>. Look at it." in first
    assert "Nothing is learned" not in first and "<b>odd</b>" not in text


def test_repeats_are_shown_and_those_between_the_sides_stand_out(here):
    repeats = {
        "train": 64,
        "repeated": 8,
        "to_the_letter": 2,
        "held_out": {
            "validation": {"conversations": 29, "in_train": 0},
            "test": {"conversations": 26, "in_train": 13},
        },
    }
    text = page_of(here, prepare={"result": {"repeats": repeats}})
    assert (
        "train: repeat another 64 8 12.5% train: to the letter 64 2 3.1%"
        " validation: in train as well 29 0 0% test: in train as well 26 13 50.0%"
    ) in Page(text).text()
    assert re.findall(r'<tr class="marked"><td>(.*?)</td>', text)[:1] == ["test: in train as well"]


def test_columns_that_nobody_read_are_shown_with_their_share(here):
    rows = {"one": {"unread": {"hint": 57, "<i>": 3}}, "two <b>": {"unread": {f"c{n}": 1 for n in range(60)}}}
    text = page_of(here, prepare={"result": {"rows": rows}})
    assert "Unread columns" in Page(text).text()
    assert "column source rows share hint one 57 50.0% <i> one 3 2.6% c0 two <b> 1 5.0%" in Page(text).text()
    assert "22 others 22" in Page(text).text()


def test_a_run_without_such_records_has_no_such_sections(here, page):
    assert {"unread", "scores", "answers", "groups"}.isdisjoint(
        value for name, value in page.attributes if name == "id"
    )
