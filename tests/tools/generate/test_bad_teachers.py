"""`pitchpipe generate` with a server that misbehaves: exit code, requests that the server counted, rows, keys."""

import json
from collections import Counter

import pytest

from pitchpipe_stages.generate.requests import sender
from tests.asked_teachers import VARIABLE
from tests.bad_server import KEY, bad_server, echo

ODD = "a\u2028b\x00c\ufffdd \U0001f600 <|im_end|> {x} </s>"
RECIPE = """\
teachers:
  writer:
    openai: {{url: "{url}", model: tutor, key: {variable}, timeout: {timeout}, dollars_per_million: {{input: 1, output: 2}}}}
budget: {{dollars: {dollars}}}
generators:
  - answers: {{teacher: writer, seeds: seeds.jsonl, max_tokens: 64}}
loaders: [generated]
"""


@pytest.fixture(scope="module")
def server():
    with bad_server() as server:
        yield server


@pytest.fixture
def here(project, server, monkeypatch):
    """A folder with a key; tries follow each other at once."""
    monkeypatch.setattr(sender, "FIRST", 0.01)
    server.asked.clear(), server.seen.clear()
    return project({}, **{VARIABLE: KEY})


def generate(here, server, *words, dollars=1.0, timeout=5):
    """Make replies to some words; what came of it, and the rows."""
    recipe = RECIPE.format(url=server.url, variable=VARIABLE, timeout=timeout, dollars=dollars)
    here.write({"recipe.yaml": recipe, "seeds.jsonl": [{"instruction": word} for word in words]})
    outcome = here.run("generate", "recipe.yaml")
    assert KEY not in outcome.out + outcome.err
    kept = b"".join(file.read_bytes() for file in here.folder.rglob("*") if file.is_file())
    assert KEY.encode() not in kept
    made = rows(here)
    adds_up(here, outcome, len(words), made)
    return outcome, made


def adds_up(here, outcome, asked, made):
    """Every question and every candidate is counted once, and explained where nothing came of it."""
    told = here.json("generated/recipe/made.json")
    (counts,) = told["generators"][0]["operators"].values()
    ends = {end: counts[end] for end in ("answered", "refused", "cut", "failed", "unsent")}
    assert sum(ends.values()) == counts["asked"] <= asked
    assert counts["parsed"] == counts["kept"] + counts["dropped"] + counts["quarantined"] == ends["answered"]
    assert counts["rows"] == told["rows"] == len(made)
    fates = Counter(line["fate"] for line in here.rows("generated/recipe/ledger.jsonl"))
    assert fates == Counter({end: count for end, count in ends.items() if count and end != "answered"})
    assert (told["finished"] and bool(made)) == (outcome.code == 0)


def rows(here):
    """What was made: a line a row, which ends with a line feed and holds no other."""
    file = here.folder / "generated" / "recipe" / "rows.jsonl"
    if not file.exists():
        return {}
    *lines, end = file.read_bytes().split(b"\n")
    assert not end
    return {row["messages"][0]["content"]: row["messages"][-1]["content"] for row in map(json.loads, lines)}


def fine(word):
    return echo({"messages": [{"role": "user", "content": word}]})


@pytest.mark.parametrize(("mode", "requests", "reply"), [
    ("429_seconds", 3, None), ("429_date", 2, None), ("429_bare", 2, None), ("500_once", 2, None), ("408_once", 2, None),
    ("cut_body", 2, None), ("cut_json", 2, None), ("reset", 2, None), ("reset_after", 1, None), ("error_in_200", 2, None),
    ("loading", 2, None), ("no_usage", 1, "here"), ("negative_usage", 1, "here"), ("no_tokens", 1, "here"), ("429_past", 3, None), ("500_odd", 2, None), ("odd_text", 1, ODD), ("same", 1, "always the same"),
    ("numbered", 1, "1. Bake bread.\n2. Sew.\n1. Bake bread.\n2. Sing."), ("large", 1, "x" * 10_000_000),
])  # fmt: skip
def test_what_can_be_cured_is_and_gives_a_row(here, server, monkeypatch, mode, requests, reply):
    monkeypatch.setattr("pitchpipe_components.teachers.refusals.LOADING", 0.01)
    word = f"mode:{mode}"
    outcome, made = generate(here, server, "one", word, "two")
    outcome.assert_success()
    assert len(server.asked) == 2 + requests
    assert made == {"one": fine("one"), word: reply or fine(word), "two": fine("two")}


@pytest.mark.parametrize(("mode", "requests"), [
    ("503_forever", 6), ("html", 6), ("no_choices", 6), ("400", 1), ("refusal", 1), ("filtered", 1), ("empty", 1),
    ("length", 1), ("tool", 1), ("other_model", 1),
])  # fmt: skip
def test_what_cannot_be_cured_gives_no_row_and_the_others_do(here, server, mode, requests):
    _, made = generate(here, server, "one", f"mode:{mode}", "two")
    assert len(server.asked) == 2 + requests
    assert made == {"one": fine("one"), "two": fine("two")}


@pytest.mark.parametrize("mode", ["silence", "trickle"])
def test_what_takes_too_long_gives_no_row(here, server, monkeypatch, mode):
    monkeypatch.setattr(sender, "TRIES", 2)
    _, made = generate(here, server, "one", f"mode:{mode}", "two", timeout=0.3)
    assert len(server.asked) == 4
    assert made == {"one": fine("one"), "two": fine("two")}


@pytest.mark.parametrize(("mode", "said"), [
    ("401", "lets nobody in"), ("no_temperature", "Leave it out: `body: {temperature: null}`"), ("403", "lets nobody in"), ("404", "knows no model 'tutor'"), ("moved", "has moved to"),
    ("no_quota", "no money is left there"), ("429_an_hour", "wants to be left alone for 60 minutes"),
])  # fmt: skip
def test_what_nobody_cures_stops_after_one_request(here, server, mode, said):
    outcome, _ = generate(here, server, *(f"mode:{mode} {n}" for n in range(20)))
    outcome.assert_failed(said)
    assert len(server.asked) == 1
    outcome, made = generate(here, server, "one", "two")
    outcome.assert_success()
    assert set(made) == {"one", "two"}


def test_twenty_replies_that_are_cut_cost_no_more_than_forty_requests_and_give_no_row(here, server):
    outcome, made = generate(here, server, *(f"mode:length {n}" for n in range(20)))
    assert outcome.code == 1
    assert 0 < len(server.asked) <= 40
    assert not made


def test_a_server_that_takes_a_hundred_times_more_is_stopped_by_the_budget(here, server):
    words = [f"mode:huge_usage {n}" for n in range(20)]
    _, made = generate(here, server, *words, dollars=0.01)
    assert len(server.asked) == 1 and len(made) == 1


def test_a_server_that_is_down_stops_before_long(here, server):
    outcome, made = generate(here, server, *(f"mode:503_forever {n}" for n in range(40)))
    outcome.assert_failed("answered none of the last 16 requests")
    assert not made and len(server.asked) <= 40 * sender.TRIES
