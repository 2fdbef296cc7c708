"""The page about a run's data: its numbers are the run's, its rows are escaped, its size is bounded."""

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pitchpipe as pp
from pitchpipe import Conversation, Message
from pitchpipe.conversation import Drop, Source
from pitchpipe.ledger import line
from pitchpipe.pages import flow
from pitchpipe.pages.charts import axis, histogram
from pitchpipe.pages.examples import difference
from pitchpipe.pages.gathered import Gathered
from pitchpipe.pages.lengths import LENGTHS, measured
from pitchpipe.pages.markup import Markup, brief, element, number, share
from pitchpipe.pages.spread import Spread, edges, place
from pitchpipe.shards import Base, Finished, Judgement

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)></details></style></title>\" onclick='x' & ]]> <!--"
RECIPE = """\
loaders:
  - plain: {path: one.jsonl, name: one}
  - plain: {path: two.jsonl, name: "two <b>", epochs: 5}
repair: false
filters:
  - words: {min_words: 3, max_words: 500}
  - shout
  - same
  - odd
  - words: {min_words: 8, action: tag}
split: {train: 0.5, validation: 0.25, test: 0.25}
"""
PLUGIN = '''
import json
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pitchpipe as pp

@pp.hookimpl
def register_loaders(register):
    register("plain", Plain)

@pp.hookimpl
def register_formats(register):
    register("pair", Pair)

@pp.hookimpl
def register_filters(register):
    register("words", words)
    register("shout", shout)
    register("same", Same)
    register("odd", odd)

class Plain:
    def __init__(self, path: Path):
        self.path = path
    def inputs(self):
        return [self.path]
    def __call__(self):
        for number, line in enumerate(open(self.path), 1):
            yield pp.Row(json.loads(line), str(self.path), number)

class Pair:
    def matches(self, row):
        return 9
    def __call__(self, row):
        if "says" not in row:
            return pp.drop("nothing is said: " + str(row))
        messages = pp.Message("user", row["asks"]), pp.Message("assistant", row["says"])
        return pp.Conversation(messages, category=row.get("category", ""))

def words(conversation, *, min_words: int = 1, max_words: int | None = None):
    """Words of the reply."""
    return pp.judged(conversation, words=(len(conversation.replies()[0].split()), min_words, max_words))

def shout(conversation):
    """Quieter."""
    asked, said = conversation.messages
    if "!" not in said.content:
        return conversation
    quiet = pp.replace(said, content=said.content.replace("!", "."))
    return pp.noted(pp.replace(conversation, messages=(asked, quiet)), "shouting toned down: 1")

def odd(conversation):
    """Each has a reason of its own."""
    says = conversation.replies()[0]
    return pp.drop(says[:150]) if says.startswith("odd") else conversation

class Same:
    """Equal ones."""
    def sketch(self, conversations):
        return [blake2b(c.replies()[0].encode(), digest_size=16).digest() for c in conversations]
    def compare(self, sketches):
        first, rows, of = {}, [], []
        for block in sketches.blocks():
            for at in range(len(block)):
                row = block.first + at
                if first.setdefault(block[at], row) != row:
                    rows.append(row)
                    of.append(first[block[at]])
        return pp.Related("equal <i>", np.array(rows, np.int64), np.array(of, np.int64))
'''


def row(asks, says, category=""):
    return {"asks": asks, "says": says, "category": category}


def first_source():
    rows = [
        row(f"question {n}", f"a good answer of {n} in some seven words", f"c{n % 30:02}") for n in range(90)
    ]
    rows += [row("too short", "no")] * 4
    rows += [row(f"copy {n}", "the very same reply to all who ask") for n in range(8)]
    rows += [row(f"loud {n}", f"say it aloud {n} times! once more for me") for n in range(5)]
    rows += [{"asks": f"quarantined {HOSTILE}"}] * 3
    rows += [row(HOSTILE, f"{HOSTILE} {n} and then some words more", HOSTILE) for n in range(3)]
    return [*rows, row(HOSTILE, "<u>")]


class Page(HTMLParser):
    """What a browser makes of it: elements, their nesting, their attributes, the text."""

    VOID = ("meta", "br")

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words, self.open, self.errors = Counter(), [], [], [], []
        self.all = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.all.append((tag, attributes))
        self.attributes += attributes
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags[tag] += 1
        self.all.append((tag, attributes))
        self.attributes += attributes

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.errors.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    def elements(self, tag):
        return [dict(attributes) for name, attributes in self.all if name == tag]

    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    from pitchpipe.testing import Project

    files = {"pitchpipe_local.py": PLUGIN, "recipe.yaml": RECIPE, "one.jsonl": first_source()}
    files["two.jsonl"] = [row(f"second {n}", f"another answer {n} with just enough words") for n in range(20)]
    project = Project(tmp_path_factory.mktemp("report")).write(files)
    project.run("prepare", "recipe.yaml", "--processes", "1").assert_success()
    said = project.run("report", "runs/recipe").assert_success()
    assert said.out.split() == ["runs/recipe/report.html"]
    return project


@pytest.fixture(scope="module")
def page(here):
    return Page(here.read("runs/recipe/report.html"))


@pytest.fixture(scope="module")
def result(here):
    return here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]


# --- The page as a document -----------------------------------------------------------------------


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
    assert set(page.tags) <= known
    assert {"script", "img", "u"}.isdisjoint(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in page.text()
    assert "two <b>" in page.text() and "equal <i>" in page.text()


def test_nothing_is_fetched(here, page):
    text = here.read("runs/recipe/report.html")
    assert not re.search(r"https?://|url\(|@import", text)
    assert not {"src", "srcset", "xlink:href", "action"} & {name for name, _ in page.attributes}
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes


def test_it_can_be_used_without_a_mouse_and_on_a_phone(page):
    assert page.tags["summary"] == page.tags["details"] > 0
    assert ("name", "viewport") in page.attributes and ("lang", "en") in page.attributes
    drawn = [value for name, value in page.attributes if name == "aria-label" and "median" in value]
    assert len(drawn) == page.tags["svg"] > 0


def test_it_looks_the_same_each_time(here):
    before = here.read("runs/recipe/report.html")
    here.run("report", "runs/recipe").assert_success()
    assert here.read("runs/recipe/report.html") == before


# --- Its numbers ----------------------------------------------------------------------------------


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
    assert f"shout takes none {read - 8}" in way and f"odd takes none {left}" in way and left == kept
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
    scores = section(here, "scores")
    assert re.search(
        r"words words .*at least 3: 5 below \(3\.8%\); at most 500: 0 above \(0%\); median", scores
    )
    assert "words#2 words at least 8: 20 below (16.8%); median 9 7: rows 20 " in scores


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


# --- Its bounds -----------------------------------------------------------------------------------


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
    here.run("prepare", "recipe.yaml", "--processes", "1").assert_success()
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


# --- What is gathered of a shard -------------------------------------------------------------------


def shard(**counts):
    """Three rows: the first is edited twice, the second dropped after the first edit, the third kept as it is."""
    rows = [
        Conversation((Message("user", f"ask {n}"), Message("assistant", f"row {n}")), id=str(n))
        for n in range(3)
    ]
    edited = [
        [pp.replace(row, messages=(*row.messages[:1], Message("assistant", text))) for row in rows[:2]]
        for text in ("first edit", "second")
    ]
    scores = np.array([2.0, 3.0, np.nan]).tobytes()
    track = [
        Judgement(
            "",
            "one",
            edits=dict(enumerate(edited[0])),
            notes={0: ("one: a",), 1: ("one: b",)},
            scores={"size": scores},
            bounds={"size": (3, 3)},
        ),
        Judgement(
            "", "two", drops={1: Drop("bad: of x:9", 5, 4)}, edits={0: edited[1][0]}, notes={0: ("two",)}
        ),
    ]
    lines = [msgspec.json.encode(row) for row in (edited[1][0], rows[2])]
    kept = Finished(
        key="", indices=[0, 2], lines=lines, lengths=[7, 9], learned=[1, 2], counts={"why": []} | counts
    )
    return Base(list(rows)), track, kept


WANTED = {
    ("changed", "filter one", "one"),
    ("changed", "filter two", "two"),
    ("dropped", "filter two", "bad"),
    ("dropped", "length", "too many tokens"),
}


def gathered(base, track, done):
    found = Gathered(WANTED)
    found.add(base, track, done)
    return found


def test_lengths_after_are_those_of_what_is_kept_as_it_was_edited():
    found = gathered(*shard()).lengths
    assert found.before["characters in a reply"].counts == {5: 3}
    assert found.after["characters in a reply"].counts == {len("second"): 1, 5: 1}
    assert found.after["turns in a conversation"].counts == {1: 2}
    assert found.tokens.counts == {7: 1, 9: 1} and found.learned.counts == {1: 1, 2: 1}


def test_rows_that_were_cut_are_measured_as_they_are_kept():
    base, track, done = shard(
        why=[{"fate": "changed", "stage": "length", "reason": "turns cut from its end", "rows": 1}]
    )
    done.lines[1] = msgspec.json.encode(
        pp.replace(base.conversations[2], messages=base.conversations[2].messages[:1])
    )
    found = gathered(base, track, done).lengths
    assert found.after["characters in a reply"].counts == {len("second"): 1}


def test_each_change_is_shown_against_what_came_to_the_filter():
    found = gathered(*shard()).examples.found
    (two,) = found["changed", "filter two", "two"]
    assert two.said == [("before", "first edit"), ("after", "second")]
    (dropped,) = found["dropped", "filter two", "bad"]
    assert dropped.said == [("user", "ask 1"), ("assistant", "first edit")]
    assert (dropped.score, dropped.limit, dropped.detail) == (5, 4, "bad: of x:9")


def test_scores_at_their_limits_are_within_them():
    found = gathered(*shard()).scores["one", "size"]
    assert (found.below, found.above, len(found.spread), found.bounds) == (1, 0, 2, (3, 3))


def test_what_the_collator_dropped_is_shown_with_its_row():
    base, track, done = shard(
        why=[{"fate": "dropped", "stage": "length", "reason": "too many tokens", "rows": 1}]
    )
    told = {"id": "1", "score": 600, "limit": 512}
    done.ledger = [
        line(Source("d", "f", 7), "dropped", "filter two", "too many tokens", id="0"),
        line(Source("d", "f", 8), "dropped", "length", "another reason", id="0"),
        line(Source("d", "f", 9), "dropped", "length", "too many tokens", **told),
    ]
    (example,) = gathered(base, track, done).examples.found["dropped", "length", "too many tokens"]
    assert (example.place, example.score, example.limit) == ("f:9", 600, 512)
    assert example.said == [("user", "ask 1"), ("assistant", "row 1")]


def test_the_way_adds_up_where_rows_hold_several_conversations_or_are_joined():
    why = [
        {"fate": "dropped", "stage": "filter b", "reason": "x", "rows": 2},
        {"fate": "quarantined", "stage": "render", "reason": "y", "rows": 1},
        {"fate": "quarantined", "stage": "format z", "reason": "y", "rows": 3},
        {"fate": "tagged", "stage": "filter a", "reason": "x", "rows": 9},
    ]
    counts = {"read": 10, "more": 5, "joined": 2, "kept": 7, "why": why}
    assert flow.conversations(counts) == 13
    found = [
        (step.stage, step.came, step.dropped, step.quarantined, step.left)
        for step in flow.steps([counts], ["a", "b"])
    ]
    assert found == [
        ("format", 13, 0, 3, 10),
        ("filter a", 10, 0, 0, 10),
        ("filter b", 10, 2, 0, 8),
        ("render", 8, 0, 1, 7),
    ]


def test_rows_that_others_are_like_are_counted():
    assert gathered(*shard()).alike.places == {("two", "bad"): {"x:9": 1}}


# --- Its parts ------------------------------------------------------------------------------------

values = st.lists(
    st.one_of(st.integers(0, 10**7), st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0, 0.5])),
    min_size=1,
    max_size=60,
)


@given(values, st.lists(st.floats(-100, 1e5), max_size=2))
def test_every_value_is_in_one_bar(some, limits):
    spread = Spread()
    spread.add(some)
    ends = edges(spread, limits)
    assert all(low < high for low, high in pairwise(ends))
    assert len(ends) <= 130
    assert ends[0] <= spread.least() and spread.most() <= ends[-1]
    assert sum(spread.bars(ends)) == len(some) == len(spread)
    where = [place(value, ends) for value in sorted(some)]
    assert where == sorted(where) and where[0] >= 0 and where[-1] <= 1


@given(values, st.lists(st.floats(-100, 1e5), max_size=2))
def test_a_chart_has_its_ticks_within_it_and_apart(some, limits):
    spread = Spread()
    spread.add(some)
    page = Page(axis(edges(spread, limits), spread.whole()))
    ticks = [float(value[5:-1]) for name, value in page.attributes if name == "style"]
    assert ticks and ticks == sorted(set(ticks)) and ticks[0] >= 0 and ticks[-1] <= 100


def test_bars_out_of_bounds_are_drawn_as_such_and_whole_limits_stand_between_bars():
    spread = Spread()
    spread.add([1, 1, 2, 3, 4])
    page = Page(histogram([("rows", spread)], edges(spread, [2.0]), (None, 2)))
    drawn = {d["class"]: d["d"].count("M") for d in page.elements("path")}
    assert drawn == {"rows": 2, "out": 2}
    (line,) = page.elements("line")
    assert line["x1"] == "20.0"
    (svg,) = page.elements("svg")
    assert svg["viewbox"] == "0 0 40 100" and svg["aria-label"] == "rows: 5 values from 1 to 4, median 2"
    assert "1: rows 2" in page.text() and "4: rows 1" in page.text()


def test_a_limit_far_from_all_values_is_not_drawn():
    spread = Spread()
    spread.add([1, 2, 3])
    page = Page(histogram([("rows", spread)], edges(spread, [200000.0]), (None, 200000)))
    assert page.tags["line"] == 0 and page.tags["rect"] == 3


@given(st.lists(st.integers(0, 999), min_size=1))
def test_numbers_of_three_digits_are_kept_as_they_are(some):
    spread = Spread()
    for value in some:
        spread.add([value])
    assert spread.counts == Counter(map(float, some))
    assert spread.median() == sorted(some)[(len(some) + 1) // 2 - 1]


def test_what_is_no_number_has_no_place():
    spread = Spread()
    spread.add([float("nan"), float("inf"), 1.5])
    assert spread.counts == {1.5: 1}


def test_memory_does_not_grow_with_the_rows():
    spread = Spread()
    spread.add(np.random.default_rng(0).random(200_000))
    assert len(spread) == 200_000 and len(spread.counts) < 4000


def test_lengths_are_those_of_each_message():
    messages = (
        Message("system", "be kind"),
        Message("user", "abc", context="de"),
        Message("assistant", "two words"),
        Message("user", "f"),
        Message("assistant", ""),
    )
    found = measured([(7, Conversation(messages))])
    assert {name: (list(values), list(rows)) for name, (values, rows) in found.items()} == dict(
        zip(LENGTHS, [([5, 1], [7, 7]), ([9, 0], [7, 7]), ([2, 0], [7, 7]), ([2], [7])], strict=True)
    )


def test_a_change_is_shown_where_it_is():
    before = Conversation((Message("user", "x"), Message("assistant", "a " * 400 + "BAD" + " z" * 400)))
    after = Conversation((Message("user", "x"), Message("assistant", "a " * 400 + "good" + " z" * 400)))
    (_, old), (_, new) = difference(before, after)
    assert "BAD" in old and "good" in new and max(len(old), len(new)) < 200


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (1234567, "1,234,567"),
        (0.03125, "0.0312"),
        (12345.6, "12,346"),
        (None, ""),
        ("de", "de"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_are_written_for_people(value, said):
    assert number(value) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 10, "0%"),
        (10, 10, "100%"),
        (1, 10**6, "<0.1%"),
        (10**6 - 1, 10**6, ">99.9%"),
        (1, 3, "33.3%"),
        (0, 0, "0%"),
    ],
)
def test_a_share_is_nothing_or_all_only_if_it_is(part, whole, said):
    assert share(part, whole) == said


@pytest.mark.parametrize(("value", "said"), [(0.25, "0.25"), (950, "950"), (12000, "12k"), (2.5e6, "2.5M")])
def test_an_axis_is_brief(value, said):
    assert brief(value) == said


def test_what_is_no_markup_is_escaped():
    assert (
        element("p", "<b>", ["&", Markup("<br>")], None, title='"')
        == '<p title="&quot;">&lt;b&gt;&amp;<br></p>'
    )
