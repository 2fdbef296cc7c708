"""Replies that are no whole ones are never rows, unless the recipe says so; odd words stay words in one line."""

import json

import pytest

from tests.generating import KEY, VARIABLE, answer, bad_server, files

ENDS = ("answered", "refused", "cut", "failed", "unsent")


@pytest.fixture(scope="module")
def server():
    with bad_server(answer) as one:
        yield one


def generate(project, server, generators, **given):
    here = project(files(server.url, generators, **given), **{VARIABLE: KEY})
    server.asked.clear()
    return here, here.run("generate", "recipe.yaml")


def sums(here):
    made = here.json("generated/recipe/made.json")
    found = {}
    for generator in made["generators"]:
        for one in generator["operators"].values():
            for name, count in one.items():
                if isinstance(count, int):
                    found[name] = found.get(name, 0) + count
    assert found["asked"] == sum(found[end] for end in ENDS)
    assert found["parsed"] == found["kept"] + found["dropped"] + found["quarantined"]
    lines = here.rows("generated/recipe/ledger.jsonl")
    missing = found["asked"] - found["answered"] + found["dropped"] + found["quarantined"]
    assert len(lines) == missing
    return found, lines, here.rows("generated/recipe/rows.jsonl")


@pytest.mark.parametrize(("mode", "end", "reason"), [
    ("length", "cut", ""), ("refusal", "refused", "I cannot help with that."), ("empty", "failed", "empty"),
    ("other_model", "failed", "another model answered: a-cheaper-one"), ("400", "failed", "context length"),
    ("filtered", "refused", "filtered"), ("tool", "failed", ""),
])  # fmt: skip
def test_what_is_no_whole_reply_is_no_row(project, server, mode, end, reason):
    one = f"  - reply: {{teacher: writer, seeds: seeds.jsonl, mode: '{mode}'}}\n"
    here, _ = generate(project, server, one)
    found, lines, rows = sums(here)
    assert (found["asked"], found[end], found["parsed"], rows) == (8, 8, 0, [])
    assert {line["fate"] for line in lines} == {end}
    assert all(reason in line["reason"] for line in lines)
    assert len(server.asked) == 8


@pytest.mark.parametrize(("mode", "accept"), [("length", "cut"), ("other_model", "other_model")])
def test_the_recipe_may_take_them_all_the_same(project, server, mode, accept):
    options = f"{{teacher: writer, seeds: seeds.jsonl, mode: {mode}, accept: [{accept}]}}"
    here, done = generate(project, server, f"  - reply: {options}\n")
    done.assert_success()
    found, _, rows = sums(here)
    assert found["answered"] == len(rows) == 8


def test_a_name_that_goes_on_is_the_model_that_was_asked(project, server):
    here, _ = generate(project, server, "  - reply: {teacher: writer, seeds: seeds.jsonl}\n")
    assert sums(here)[2][0]["made"]["answered_model"] == "tutor"


def test_odd_words_are_words_of_one_line(project, server):
    here, done = generate(
        project, server, "  - reply: {teacher: writer, seeds: seeds.jsonl, mode: odd_text}\n"
    )
    done.assert_success()
    text = (here.folder / "generated/recipe/rows.jsonl").read_text("utf-8")
    assert len(text.splitlines()) == text.count("\n") == 8  # splitlines sees U+2028 where it stands bare
    said = json.loads(text.splitlines()[0])["messages"][1]["content"]
    assert "\u2028" in said and "\x00" in said and "<|im_end|> {x} </s>" in said and "\U0001f600" in said


@pytest.mark.parametrize(("mode", "said"), [
    ("401", "lets nobody in"), ("404", "`tutor` does not exist"), ("no_quota", "no money is left there"),
])  # fmt: skip
def test_what_cannot_be_cured_by_asking_again_stops_in_words(project, server, mode, said):
    here, done = generate(
        project, server, f"  - reply: {{teacher: writer, seeds: seeds.jsonl, mode: '{mode}'}}\n"
    )
    done.assert_failed(said)
    assert len(server.asked) <= 8
    found, _, rows = sums(here)
    assert found["answered"] == 0 and rows == []
