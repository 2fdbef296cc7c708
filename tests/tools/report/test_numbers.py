"""The numbers of the page are those of the run."""

import re
from collections import Counter

import pytest

from tests.tools.html.browser import Page
from tests.tools.report.hostile import first_source


@pytest.fixture(scope="module")
def result(here):
    return here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]


def section(here, name):
    text = here.read("runs/recipe/report.html")
    return Page(text.partition(f'id="{name}"')[2].partition("</section>")[0]).text()


def test_the_way_of_the_rows_adds_up(here, result):
    way = section(here, "way")
    sources = result["rows"].values()
    kept = sum(source["kept"] for source in sources)
    read = sum(source["read"] for source in sources)
    assert f"read {read} " in way and way.count(f"kept {kept} ") == 1
    left = read
    for stage, lost in (("the format", 3), ("words", 5), ("same", 7)):
        left -= lost
        assert re.search(rf"{stage} .{lost} \([\d.]+%\) {left}\b", way), way
    assert f"shout takes none {read - 8}" in way and left == kept
    assert f"2 filters odd, words#2 take none {left}" in way  # neighbours share a line
    for side, counted in result["splits"].items():
        assert f"{side} {counted['conversations']}" in way


def test_each_reason_has_its_count_and_three_rows_to_look_at(here):
    reasons = section(here, "reasons")
    assert re.search(r"words too low filter words 5 3\.7% one\.jsonl:91", reasons)
    assert "one.jsonl:91 · 1 against a limit of 3 user too short assistant no" in reasons
    assert "one.jsonl:93" in reasons and "one.jsonl:94" not in reasons
    assert "quarantined nothing is said the format 3" in reasons
    assert "one.jsonl:96 · equal <i>: of one.jsonl:95" in reasons
    assert "tagged words too low filter words#2 20 14.9% two.jsonl:1 · 7 against a limit of 8" in reasons


def test_what_was_mended_is_shown_before_and_after(here):
    mended = section(here, "mended")
    assert "changed shouting toned down filter shout 8" in mended
    assert (
        "before say it aloud 0 times! once more for me after say it aloud 0 times. once more for me" in mended
    )


def test_duplicates_are_counted_by_the_row_that_stays(here):
    alike = section(here, "alike")
    assert "7 rows like 1 other, at most 7 like one filter same 7" in alike
    assert "7 rows are like this one one.jsonl:95 user copy 0" in alike


def test_categories_beyond_the_largest_are_summed(here, result):
    found = section(here, "categories")
    counts = Counter(r.get("category", "") for r in first_source() if "says" in r)
    counts[""] += 20
    assert f"(none) {counts['']} " in found and "c00 3 " in found
    others = len(counts) - 20
    rest = sum(counts.values()) - sum(n for _, n in counts.most_common(20))
    assert f"{others} others {rest} " in found


def test_scores_say_their_limits_and_who_is_outside(here):
    scores = section(here, "filter-scores")
    assert re.search(r"words words .*at least 3: 5 below \(3\.8%\); at most 500: none above; median", scores)
    assert "words#2 Other limits: pitchpipe tune runs/recipe 'words#2' words" in scores
    assert "words at least 8: 20 below (16.8%); median 9" in scores


def test_a_source_seen_too_often_stands_out(here, page, result):
    mix = section(here, "mix")
    two = next(line for line in result["mix"] if line["source"] == "two <b>")
    assert f"two <b> {two['available']} {two['conversations']} " in mix and "⚠ 5" in mix
    assert [value for name, value in page.attributes if value == "marked"] == ["marked"]


def test_splits_by_category_add_up(here, result):
    splits = section(here, "splits").partition("By category")[2]
    lines = re.findall(r"(\S+|\(none\)|\d+ others) (\d+) (\d+) (\d+)(?= |$)", splits)
    sums = [sum(int(line[at]) for line in lines) for at in (1, 2, 3)]
    assert sums == [result["splits"][side]["conversations"] for side in ("train", "validation", "test")]
