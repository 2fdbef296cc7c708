"""Generators in a chain, against a server: rows, where they came from, sums that add up."""

from collections import Counter

import pytest

from tests.generating import KEY, SEEDS, VARIABLE, answer, bad_server, files

CHAIN = """\
  - tasks: {teacher: writer, seeds: seeds.jsonl, wanted: 12}
  - twist: {teacher: writer, rounds: 2}
  - reply: {teacher: writer}
"""
ENDS = ("answered", "refused", "cut", "failed", "unsent")
FATES = ("kept", "dropped", "quarantined")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    from pitchpipe.testing import Project

    with bad_server(answer) as server:
        here = Project(tmp_path_factory.mktemp("made"), {VARIABLE: KEY})
        here.write(files(server.url, CHAIN)).run("generate", "recipe.yaml").assert_success()
        yield here, server


def of(here, name):
    return here.rows(f"generated/recipe/{name}.jsonl")


def counts(here):
    kept = here.json("generated/recipe/made.json")
    return [one for generator in kept["generators"] for one in generator["operators"].values()]


def test_every_question_and_every_candidate_is_in_one_sum(made):
    here, server = made
    for one in counts(here):
        assert one["asked"] == sum(one[end] for end in ENDS)
        assert one["parsed"] == sum(one[fate] for fate in FATES)
    assert sum(one["asked"] for one in counts(here)) == len(server.asked) == len(server.seen)
    assert sum(one["rows"] for one in counts(here)) == len(of(here, "rows"))


def test_the_ledger_has_a_line_for_each_that_was_not_kept(made):
    here, _ = made
    fates = Counter(line["fate"] for line in of(here, "ledger"))
    assert fates == {"dropped": sum(one["dropped"] for one in counts(here))}
    assert fates["dropped"] > 0
    assert all(line["file"] == "asks.sqlite" and line["line"] > 0 for line in of(here, "ledger"))


def test_as_many_as_were_wanted_are_accepted_and_those_without_a_row_are_replaced(made):
    here, _ = made
    rows = Counter(row["made"]["generator"] for row in of(here, "rows"))
    assert rows == {"tasks": 12, "reply": 24}
    assert {line["reason"] for line in of(here, "ledger")} >= {"it gave no row"}


def test_a_row_names_its_family_its_questions_and_what_it_was_made_of(made):
    here, _ = made
    known = {line["id"]: line for name in ("rows", "sources") for line in of(here, name)}
    last = of(here, "rows")[-1]
    twisted = known[last["made"]["parents"][0]]
    assert twisted["made"]["operator"] == "twist" and twisted["made"]["round"] == 2
    task = known[twisted["made"]["parents"][0]]
    draft = known[task["made"]["parents"][0]]
    assert draft["made"]["operator"] == "draft" and len(draft["made"]["parents"]) == 3
    assert {one["group"] for one in (last, twisted, task, draft)} == {draft["id"]}
    # Its draft, its solution, two twists, its reply.
    assert len(last["made"]["asks"]) == 5 and last["made"]["answered_model"] == "tutor"
    assert sum("made" not in line for line in of(here, "sources")) == len(SEEDS)


def test_again_nobody_is_asked_and_the_bytes_are_the_same(made):
    here, server = made
    before, sent = here.read("generated/recipe/rows.jsonl"), len(server.asked)
    here.run("generate", "recipe.yaml").assert_success()
    assert here.read("generated/recipe/rows.jsonl") == before
    assert len(server.asked) == sent
