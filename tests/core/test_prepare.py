"""From rows to examples on disk: nothing disappears, and the ledger explains every row."""

import json

import pytest

RECIPE = """\
loaders:
  - files: {path: rows.jsonl}
filters:
  - exact_duplicates
"""
GOOD = {"instruction": "Say hello.", "output": "Hello!"}
NASTY = [
    (json.dumps(GOOD), None),
    ('{"instruction": "Say hello.", "output": ', ["not JSON"]),
    ("[1, 2]", ["a row is an object, not list"]),
    ("7", ["a row is an object, not int"]),
    ('{"instruction": "Say nothing.", "output": "  "}', ["empty reply"]),
    ('{"instruction": "Count.", "output": 3}', ["number or boolean read as text"]),
    ('{"instruction": "", "output": "What?"}', ["empty prompt"]),
    ('{"instruction": "A \\ud800 alone.", "output": "Broken."}', ["lone surrogate replaced"]),
    (json.dumps(GOOD), ["duplicate"]),
    ('{"instruction": "A big id.", "output": "Fine.", "id": 123456789012345678901234567890}', None),
    ('{"instruction": "Not a number.", "output": "Fine.", "score": NaN}', ["NaN read as null"]),
]


def fates(here, run="recipe"):
    found = {}
    for line in here.rows(f"runs/{run}/ledger.jsonl"):
        found.setdefault(line["line"], []).append(line["reason"].split(":")[0])
    return found


def counts(here, run="recipe"):
    return here.json(f"runs/{run}/run.json")["stages"]["prepare"]["result"]["rows"]["files.1"]


def test_every_row_in_bad_shape_is_mended_or_counted_and_explained(project):
    text = "\ufeff" + "\r\n".join(line for line, _ in NASTY) + "\r\n\r\n"
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": text})
    here.run("prepare", "recipe.yaml").assert_success()
    found = counts(here)
    assert found["read"] == len(NASTY) == found["kept"] + found["dropped"] + found["quarantined"]
    assert (found["kept"], found["dropped"], found["quarantined"], found["changed"]) == (5, 1, 5, 3)
    assert fates(here) == {line: reasons for line, (_, reasons) in enumerate(NASTY, 1) if reasons}
    assert all(line["file"] == "rows.jsonl" for line in here.rows("runs/recipe/ledger.jsonl"))


def test_a_quarantined_row_is_kept_whole(project):
    bad = {"instruction": "x", "output": [{"type": "image"}], "more": [1]}
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": [GOOD, bad]})
    here.run("prepare", "recipe.yaml").assert_success()
    (line,) = here.rows("runs/recipe/ledger.jsonl")
    assert line["row"] == bad


def test_good_rows_behind_many_bad_ones_are_found(project):
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": "{broken\n" * 150 + json.dumps(GOOD) + "\n"})
    here.run("prepare", "recipe.yaml").assert_success()
    assert counts(here)["kept"] == 1 and counts(here)["quarantined"] == 150
    assert all(line["reason"] for line in here.rows("runs/recipe/ledger.jsonl"))


def test_a_format_is_found_for_each_source_and_named_where_none_fits(project):
    recipe = "loaders:\n  - files: {path: a.jsonl}\n  - files: {path: b.jsonl, name: chats}\n"
    chat = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}
    here = project({"recipe.yaml": recipe, "a.jsonl": [GOOD], "b.jsonl": [chat]})
    assert "chats" in here.run("prepare", "recipe.yaml").assert_success().out
    here.write({"b.jsonl": [{"ask": "Hi", "tell": "Hello"}]})
    here.run("prepare", "recipe.yaml").assert_failed(
        "recipe.yaml:3: no format fits the rows of 'chats', which hold ['ask', 'tell']. Write format: one of alpaca",
        "columns: {instruction: ask}",
    )
    here.write({"recipe.yaml": recipe.replace("chats", "chats, columns: {instruction: ask, output: tell}")})
    here.run("prepare", "recipe.yaml").assert_success()
    assert here.rows("runs/recipe/prepared/train.jsonl")[1]["messages"][0]["content"] == "Hi"


def test_two_formats_that_fit_are_an_error(project, install):
    code = """
import pitchpipe as pp
from pitchpipe_plugins.formats import Alpaca

@pp.hookimpl
def register_formats(register):
    register("lookalike", Alpaca)
"""
    install("twin", code)
    here = project({"recipe.yaml": RECIPE, "rows.jsonl": [GOOD]})
    here.run("prepare", "recipe.yaml").assert_failed(
        "recipe.yaml:2: formats alpaca and lookalike both fit. Write format: alpaca"
    )
    here.write({"recipe.yaml": RECIPE.replace("rows.jsonl", "rows.jsonl, format: alpaca")})
    here.run("prepare", "recipe.yaml").assert_success()


LOCAL = """
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("edit", edit)
    register("forget", forget)
    register("crash", crash)

@pp.hookimpl
def register_loaders(register):
    register("made_up", made_up)

def edit(conversation):
    said = [pp.replace(m, content=m.content + "!") for m in conversation.messages]
    return pp.replace(conversation, messages=tuple(said))

def forget(conversation):
    "Forgets to return anything."

def crash(conversation):
    return conversation.no_such_thing

def made_up(*, count: int = 2):
    for number in range(count):
        yield {"instruction": f"Say {number}.", "output": str(number)}
"""


def with_filter(project, name):
    recipe = f"loaders:\n  - made_up\nfilters:\n  - {name}\n"
    return project({"recipe.yaml": recipe, "pitchpipe_local.py": LOCAL})


def test_an_edit_is_noted(project):
    here = with_filter(project, "edit")
    here.run("prepare", "recipe.yaml").assert_success()
    assert [(line["fate"], line["stage"]) for line in here.rows("runs/recipe/ledger.jsonl")] == [
        ("changed", "filter edit")
    ] * 2
    first, _ = here.rows("runs/recipe/prepared/train.jsonl")
    assert first["messages"][1]["content"] == "0!" and first["source"] == {
        "dataset": "made_up.1",
        "line": 1,
    }


def test_a_filter_that_returns_nothing_is_an_error_naming_the_plugin(project):
    outcome = with_filter(project, "forget").run("prepare", "recipe.yaml")
    outcome.assert_failed(
        "filter 'forget' of plugin 'pitchpipe_local'",
        "returned None; it must return the conversation, pp.judged(...), pp.noted(...) or pp.drop(reason)",
    )
    assert "Traceback" not in outcome.err


def test_a_filter_that_crashes_shows_its_trace_its_plugin_and_the_row(project):
    with_filter(project, "crash").run("prepare", "recipe.yaml").assert_failed(
        "AttributeError", "in filter 'crash' of plugin 'pitchpipe_local'", "at made_up.1:1", code=1
    )


LONG = "model: tiny\ntemplate: chatml\nloaders:\n  - files: {path: rows.jsonl}\ncollator:\n  padded: {length: 120, too_long: %s}\n"
CHAT = {"messages": [{"role": role, "content": "word " * 5} for role in ("user", "assistant")] * 3}


def test_a_conversation_that_is_too_long_is_cut_by_whole_turns(project):
    here = project({"recipe.yaml": LONG % "cut_end", "rows.jsonl": [CHAT]})
    here.run("prepare", "recipe.yaml").assert_success()
    (line,) = here.rows("runs/recipe/ledger.jsonl")
    assert line["fate"] == "changed" and line["reason"].startswith("turns cut from its end: ")
    (kept,) = here.rows("runs/recipe/prepared/train.jsonl")
    assert [message["role"] for message in kept["messages"]] == ["user", "assistant"]


def test_a_conversation_that_is_too_long_is_dropped_or_stops(project):
    here = project({"recipe.yaml": LONG % "drop", "rows.jsonl": [CHAT]})
    here.run("prepare", "recipe.yaml").assert_success()
    (line,) = here.rows("runs/recipe/ledger.jsonl")
    assert (line["fate"], line["reason"], line["limit"]) == ("dropped", "too many tokens", 120) and line[
        "score"
    ] > 120
    here.write({"recipe.yaml": LONG % "stop"}).run("prepare", "recipe.yaml").assert_failed(
        "rows.jsonl:1: ", "more than the collator's length of 120"
    )


def test_what_a_template_cannot_write_is_quarantined(project):
    tool = {
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "tool", "content": "42"},
            {"role": "assistant", "content": "So"},
        ]
    }
    recipe = LONG.replace("chatml", "alpaca_short") % "cut_end"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [tool, CHAT]})
    here.run("prepare", "recipe.yaml").assert_failed(
        "1 of 2 rows cannot be learned from with this template",
        "Most often: this template has no place for a message of role 'tool' (1)",
    )
    here.run("prepare", "recipe.yaml", "--set", "data.max_dropped=50%").assert_success()
    assert fates(here)[1] == ["this template has no place for a message of role 'tool'"]


def test_a_few_rows_that_cannot_be_written_do_not_stop_a_run(project):
    tool = {"messages": [{"role": "user", "content": "Hi"}, {"role": "tool", "content": "42"}]}
    recipe = LONG.replace("chatml", "alpaca_short") % "cut_end"
    here = project({"recipe.yaml": recipe, "rows.jsonl": [CHAT] * 19 + [tool]})
    here.run("prepare", "recipe.yaml").assert_success()


def test_a_conversation_that_is_split_stays_on_one_side_and_adds_up(project):
    recipe = LONG % "split" + "split: {train: 0.5, test: 0.5}\n"
    turns = [
        [
            {"role": role, "content": f"{role} {n} {k} " * 3}
            for k in range(3)
            for role in ("user", "assistant")
        ]
        for n in range(30)
    ]
    here = project({"recipe.yaml": recipe, "rows.jsonl": [{"messages": some} for some in turns]})
    here.run("prepare", "recipe.yaml").assert_success()
    sides = [here.rows(f"runs/recipe/prepared/{side}.jsonl") for side in ("train", "test")]
    first, second = ({row["id"].partition("-")[0] for row in side} for side in sides)
    assert first and second and not first & second
    assert sum(map(len, sides)) > 30 == len(first | second)
    result = here.json("runs/recipe/run.json")["stages"]["prepare"]["result"]
    (counts,) = result["rows"].values()
    assert counts["read"] + counts["more"] == counts["kept"] == sum(map(len, sides))
    assert result["too_long"] == {"tokens": 0, "learned": 0}
    part = next(row["id"] for row in (*sides[0], *sides[1]) if row["id"].endswith("-2"))
    found = here.run("why", "runs/recipe", part).assert_success().out
    assert part.removesuffix("-2") in found


def test_the_same_prompt_never_lands_on_both_sides(project):
    rows = [{"instruction": f"Say {n % 40}.", "output": str(n)} for n in range(400)]
    recipe = RECIPE + "split: {train: 0.5, validation: 0.2, test: 0.3, seed: 3}\n"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    sides = {
        s: {c["messages"][0]["content"] for c in here.rows(f"runs/recipe/prepared/{s}.jsonl")}
        for s in ("train", "validation", "test")
    }
    assert all(sides.values()) and sum(map(len, sides.values())) == 40
    # A split is stable: more rows move none of those that were there.
    here.write({"rows.jsonl": [{"instruction": f"Tell {n}.", "output": "x"} for n in range(50)] + rows})
    here.run("prepare", "recipe.yaml").assert_success()
    for side, prompts in sides.items():
        assert prompts <= {
            c["messages"][0]["content"] for c in here.rows(f"runs/recipe/prepared/{side}.jsonl")
        }


def test_a_source_can_be_held_out_whole_and_its_prompts_are_nowhere_else(project):
    other = {"instruction": "Say bye.", "output": "Bye!"}
    recipe = "loaders:\n  - files: {path: a.jsonl}\n  - files: {path: b.jsonl, side: test}\n"
    here = project({"recipe.yaml": recipe, "a.jsonl": [GOOD, other], "b.jsonl": [GOOD, GOOD]})
    here.run("prepare", "recipe.yaml").assert_success()
    assert [c["messages"][0]["content"] for c in here.rows("runs/recipe/prepared/train.jsonl")] == [
        "Say bye."
    ]
    assert len(here.rows("runs/recipe/prepared/test.jsonl")) == 2
    assert fates(here) == {1: ["held out by another source"]}


@pytest.mark.parametrize("path", ["*.jsonl", "**/*.jsonl"])
def test_globs_are_read_in_the_order_of_their_names(project, path):
    here = project(
        {
            "recipe.yaml": f"loaders:\n  - files: {{path: 'data/{path}'}}\n",
            "data/b.jsonl": [GOOD],
            "data/a.jsonl": [GOOD],
        }
    )
    here.run("prepare", "recipe.yaml").assert_success()
    files = [row["source"]["file"] for row in here.rows("runs/recipe/prepared/train.jsonl")]
    assert files == ["data/a.jsonl", "data/b.jsonl"]


def test_odd_things_from_loaders_are_written_too(project):
    local = """
import datetime
import pitchpipe as pp

@pp.hookimpl
def register_loaders(register):
    register("odd", odd)

def odd():
    yield {"instruction": "Half a \\ud800 pair.", "output": "Yes."}
    yield {"instruction": datetime.date(2026, 1, 1), "output": "Yes."}
    yield {"instruction": "Hi", "output": "Hello", "day": datetime.date(2026, 1, 1), "big": 10**30, "bad": "\\ud800"}
"""
    here = project({"recipe.yaml": "loaders:\n  - odd\n", "pitchpipe_local.py": local})
    here.run("prepare", "recipe.yaml").assert_success()
    first, second, third = here.rows("runs/recipe/ledger.jsonl")
    assert (first["reason"], third["reason"]) == ("lone surrogate replaced", "values written as text")
    assert (second["fate"], second["row"]["instruction"]) == ("quarantined", "2026-01-01")
    kept = here.rows("runs/recipe/prepared/train.jsonl")
    assert kept[0]["messages"][0]["content"] == "Half a \ufffd pair."
    assert kept[1]["meta"] == {"day": "2026-01-01", "big": str(10**30), "bad": "?"}


def test_a_filter_used_twice_is_told_apart(project):
    recipe = RECIPE.replace(
        "exact_duplicates",
        "length: {max_reply_chars: 9}\n  - filters:length: {max_reply_chars: 5}\n  - length: {max_reply_chars: 3}",
    )
    rows = [{"instruction": "Hi", "output": "x" * n} for n in (10, 6, 4)]
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows})
    here.run("prepare", "recipe.yaml").assert_success()
    stages = [line["stage"] for line in here.rows("runs/recipe/ledger.jsonl")]
    assert stages == ["filter length", "filter filters:length", "filter length#2"]


def test_a_drop_needs_a_reason_of_one_line(project):
    local = """
import pitchpipe as pp

@pp.hookimpl
def register_filters(register):
    register("mute", mute)
    register("wordy", wordy)

def mute(conversation):
    return pp.drop("")

def wordy(conversation):
    return pp.drop("two\\nlines", score=True)
"""
    here = project(
        {
            "recipe.yaml": "loaders:\n  - files: {path: rows.jsonl}\nfilters: [mute]\n",
            "rows.jsonl": [GOOD],
            "pitchpipe_local.py": local,
        }
    )
    here.run("prepare", "recipe.yaml").assert_failed(
        "pp.drop needs a reason", "in filter 'mute' of plugin 'pitchpipe_local'", code=1
    )
    here.run("prepare", "recipe.yaml", "--set", "filters=[wordy]").assert_success()
    assert here.rows("runs/recipe/ledger.jsonl")[0]["reason"] == "two lines"


OTHER_JINJA = """
import pitchpipe as pp

SOUND = pp.turns(user=("U: ", "\\n"), assistant=("A: ", "{eos}\\n"), system=("S: ", "\\n"))

class Other:
    stop, tokens = SOUND.stop, SOUND.tokens

    def __call__(self, conversation):
        return SOUND(conversation)

    def jinja(self, bos, eos):
        return SOUND.jinja(bos, eos).replace("S: ", "System: ")

@pp.hookimpl
def register_templates(register):
    register("other", Other)
"""


def test_a_chat_template_that_writes_something_else_stops_even_where_one_shape_shows_it(project):
    """Two rows alone have a system message."""
    rows = [{"instruction": f"Say {n}.", "output": f"{n}!"} for n in range(200)]
    rows[149] |= {"system": "Be <|im_end|> kind."}  # not to be compared: a server would see a control token
    rows[150] |= {"system": "Be kind."}
    recipe = LONG.replace("chatml", "other") % "drop"
    here = project({"recipe.yaml": recipe, "rows.jsonl": rows, "pitchpipe_local.py": OTHER_JINJA})
    here.run("prepare", "recipe.yaml").assert_failed(
        "the saved chat template would not give the ids of training"
    )
    del rows[149:151]
    here.write({"rows.jsonl": rows}).run("prepare", "recipe.yaml").assert_success()
