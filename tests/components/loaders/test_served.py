"""What was served comes back as training data: once, with its place, and only what counts."""

import json

import pytest

from pitchpipe_components.formats.served import Served
from pitchpipe_components.loaders.served import ServedAnswers

DAY = "served/journal-2026-11-2{}-0001.jsonl"


def answer(id, *said, prompt="How much is 1 and 1?", end="stop", **fields):
    replies = [{"message": {"role": "assistant", "content": one}, "end": end, "tokens": 3} for one in said]
    messages = [{"role": "user", "content": prompt}]
    line = {
        "id": id,
        "at": 1.0,
        "model": "m",
        "by": "m",
        "messages": messages,
        "answers": replies,
        "consent": "client",
    }
    return line | fields


def feedback(id, rating=None, better="", at=2.0, **fields):
    return {"feedback": id, "at": at, "rating": rating, "better": better} | fields


RECIPE = """
model: tiny
template: chatml
loaders:
  - served: {}
trainer: TRAINER
split: {train: 1.0}
"""


def kept(here, trainer="sft", recipe=RECIPE):
    """What is prepared for a trainer, and the reasons of the rows that are not, by their line."""
    here.write({"recipe.yaml": recipe.replace("TRAINER", trainer)})
    outcome = here.run("prepare", "recipe.yaml", "--name", trainer, "--workers", "1")
    outcome.assert_success()
    here.told = outcome.out + outcome.err
    ledger = here.rows(f"runs/{trainer}/ledger.jsonl")
    reasons = {row["line"]: row["reason"] for row in ledger if row["fate"] in ("dropped", "quarantined")}
    return here.rows(f"runs/{trainer}/prepared/train.jsonl"), reasons


def said(row):
    rejected = row.get("rejected")
    return row["messages"][-1]["content"], rejected and rejected["content"]


LINES = [
    answer("good", "2"),
    answer("bad", "3", prompt="How much is 1 and 2?"),
    answer("bettered", "5", prompt="How much is 2 and 2?"),
    answer("unrated", "7", prompt="How much is 3 and 4?"),
    answer("even", "9", prompt="How much is 4 and 5?"),
    answer("cut", "1", prompt="How much is 5 and 5?", end="length"),
    feedback("good", 1.0),
    feedback("bad", -1.0),
    feedback("bettered", better="4"),
    feedback("even", 0.0),
    feedback("cut", 1),
    feedback("gone", 1.0),
]


def test_each_trainer_gets_what_it_learns_from_the_same_feedback(project):
    here = project({DAY.format(2): LINES})
    rows, reasons = kept(here)
    assert [said(row) for row in rows] == [("2", None), ("4", "5")]
    assert rows[1]["source"]["file"] == DAY.format(2) and [row["source"]["line"] for row in rows] == [1, 3]
    assert reasons == {
        2: "undesired reply, says label: False", 5: "rated neither well nor badly: 0.0",
        6: "the answer is not whole: cut at the most tokens",
    }  # fmt: skip
    assert rows[1]["meta"]["id"] == "bettered"
    pairs, reasons = kept(here, "dpo")
    assert [said(row) for row in pairs] == [("4", "5")]
    assert (reasons[1], reasons[2]) == ("no rejected reply", "undesired reply, says label: False")
    judged, _ = kept(here, "kto")
    found = sorted((row["messages"][-1]["role"], *said(row)) for row in judged)
    assert found == [
        ("assistant", "2", None), ("assistant", "4", None),
        ("user", "How much is 1 and 2?", "3"), ("user", "How much is 2 and 2?", "5"),
    ]  # fmt: skip


def test_why_tells_what_became_of_an_answer(project):
    here = project({DAY.format(2): LINES})
    kept(here)
    assert "rated neither well nor badly: 0.0" in here.run("why", "runs/sft", f"{DAY.format(2)}:5").out
    assert "train" in here.run("why", "runs/sft", f"{DAY.format(2)}:3").out


def test_two_answers_to_one_prompt_that_are_rated_apart_are_a_pair(project):
    lines = [
        answer("a", "worst", "best"), answer("b", "good"), answer("c", "bad"), answer("d", "bad", prompt="Else?"),
        feedback("a", -1.0, index=0), feedback("a", 1.0, index=1), feedback("b", 0.5), feedback("c", -0.5),
        feedback("d", -1),
    ]  # fmt: skip
    here = project({DAY.format(2): lines})
    pairs, reasons = kept(here, "dpo")
    assert [said(row) for row in pairs] == [("best", "worst"), ("good", "bad")]
    assert reasons == {4: "undesired reply, says label: False"}
    rows, _ = kept(here)
    assert [said(row)[0] for row in rows] == ["best", "good"]
    judged, _ = kept(here, "kto")
    assert len(judged) == 5


def test_the_last_word_counts_and_an_answer_comes_once(project):
    lines = [
        answer("a", "2"), feedback("a", 1.0, at=3.0), feedback("a", -1.0, at=2.0), answer("a", "2"),
        answer("b", "3", prompt="Else?"), feedback("b", 1.0, at=2.0),
    ]  # fmt: skip
    here = project(
        {DAY.format(2): lines, DAY.format(3): [feedback("b", better="4", at=9.0), feedback("a", 1, at=3.0)]}
    )
    rows, _ = kept(here)
    assert [said(row) for row in rows] == [("2", None), ("4", "3")]


def test_without_consent_nothing_comes_back(project):
    silent = answer("a", "2")
    del silent["consent"]
    here = project(
        {DAY.format(2): [silent, feedback("a", 1), answer("b", "3", consent=""), feedback("b", 1), *LINES]}
    )
    assert "unsaid" not in here.read(DAY.format(2))
    places = [(row.line, row.data["id"]) for row in ServedAnswers(folder=here.folder / "served")()]
    assert places[0] == (5, "good") and {"a", "b"}.isdisjoint(id for _, id in places)
    assert Served()(silent).reason == Served()(answer("b", "3", consent="")).reason == "no consent"


def test_what_a_model_learned_is_left_out(project):
    asked = "Which letter does this word end with?"
    trained = {
        "messages": [
            {"role": "user", "content": asked, "context": "cafit"},
            {"role": "assistant", "content": "t"},
        ]
    }
    lines = [
        answer("a", "t", prompt=f"{asked}\n\ncafit"), answer("b", "2"), answer("c", "8", prompt="4 and 4?", learned=True),
        *(feedback(id, 1.0) for id in "abc"),
    ]  # fmt: skip
    here = project({DAY.format(2): lines, "runs/first/prepared/train.jsonl": [trained]})
    rows, reasons = kept(here)
    assert [said(row)[0] for row in rows] == ["t", "2"]
    assert reasons == {3: "the model was tuned on this prompt"}
    assert "that its loader leaves out: the model was tuned on this prompt (1)" in " ".join(here.told.split())
    rows, _ = kept(here, recipe=RECIPE.replace("{}", "{again: true}"))
    assert len(rows) == 3
    rows, reasons = kept(here, recipe=RECIPE.replace("{}", "{but: [runs/first]}"))
    assert [said(row)[0] for row in rows] == ["2"]
    assert reasons[1].endswith("runs/first was tuned on this prompt")


def test_bounds_of_ratings_are_the_recipe_s(project):
    lines = [answer(str(n), str(n), prompt=f"{n}?") for n in range(5)]
    lines += [feedback(str(n), (n - 2) / 2) for n in range(5)]
    here = project({DAY.format(2): lines})
    rows, reasons = kept(here, recipe=RECIPE.replace("{}", "{above: 0.5, below: -0.5}"))
    assert [said(row)[0] for row in rows] == ["4"]
    assert sorted(reason.partition(":")[0] for reason in reasons.values()) == [
        "rated neither well nor badly", "rated neither well nor badly", "rated neither well nor badly",
        "undesired reply, says label",
    ]  # fmt: skip


def test_days_are_those_of_the_files_and_later_ones_change_no_run(project):
    days = {DAY.format(n): [answer(f"a{n}", f"{n}", prompt=f"{n}?"), feedback(f"a{n}", 1)] for n in (1, 2, 3)}
    here = project(days)
    recipe = RECIPE.replace("{}", "{since: 2026-11-22, until: 2026-11-22}")
    rows, _ = kept(here, recipe=recipe)
    assert [said(row)[0] for row in rows] == ["2"]
    here.write({DAY.format(3): [feedback("a2", -1, at=9)]})
    assert (
        "already done, nothing changed"
        in here.run("prepare", "recipe.yaml", "--name", "sft", "--workers", "1").described()
    )
    here.write({DAY.format(2): [*days[DAY.format(2)], feedback("a2", better="two", at=9)]})
    rows, _ = kept(here, recipe=recipe)
    assert [said(row) for row in rows] == [("two", "2")]


def test_half_a_line_is_passed_over_and_a_broken_one_is_quarantined(project):
    here = project({DAY.format(2): LINES})
    path = here.folder / DAY.format(2)
    path.write_bytes(b'{"id":"x","at":oops}\n' + path.read_bytes() + b'{"id":"half","at":1.0,"mess')
    rows, reasons = kept(here)
    assert len(rows) == 2 and next(iter(reasons)) == 1


def test_sniff_and_peek_know_a_journal(project):
    here = project({DAY.format(2): LINES})
    assert "served" in here.run("sniff", DAY.format(2)).out
    here.write({"recipe.yaml": RECIPE.replace("TRAINER", "sft")})
    assert f"row  {DAY.format(2)}:1" in here.run("peek", "recipe.yaml").out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("{folder: servd}", "there is no journal in"),
        ("{but: [runs/fiirst]}", "Did you mean 'first'?"),
        ("{above: -0.5}", "below: 0 is more than above (-0.5)"),
        ("{above: 5}", "of at most 1, got 5"),
        ("{until: yesterday}", "until: 'yesterday' is no day, as 2026-11-22"),
        ("{since: 2027-01-01}", "nothing of these days"),
    ],
)
def test_mistakes_are_named_with_their_line(project, options, words):
    here = project({DAY.format(2): LINES, "runs/first/prepared/train.jsonl": []})
    here.write({"recipe.yaml": RECIPE.replace("{}", options).replace("TRAINER", "sft")})
    here.run("check", "recipe.yaml").assert_failed("recipe.yaml:5", words)


ODD = [
    {"text": "Once upon", "messages": []},
    {"answers": []},
    {"answers": [{"message": {"role": "assistant", "content": "I cannot."}, "end": "content_filter"}]},
    {"answers": [{"message": "2"}]},
    {"broken": "left", "answers": [{"message": {"role": "assistant", "content": "2"}}]},
    {"messages": "Hi"},
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: json.dumps(odd)[:40])
def test_no_odd_line_stops_a_run(project, odd):
    here = project({DAY.format(2): [answer("odd", "2") | odd, feedback("odd", 1), *LINES]})
    rows, reasons = kept(here)
    assert len(rows) == 2 and 1 in reasons, reasons


def test_an_edit_of_a_refusal_and_a_call_of_a_tool_come_back(project):
    call = {"id": "c", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
    tool = {
        "type": "function",
        "function": {"name": "add", "parameters": {"type": "object", "properties": {}}},
    }
    refused = [
        {"message": {"role": "assistant", "content": "No."}, "end": "content_filter", "refusal": "harmful"}
    ]
    called = [
        {
            "message": {"role": "assistant", "content": "", "tool_calls": [call]},
            "end": "tool_calls",
            "tokens": 4,
        }
    ]
    lines = [
        answer("a", answers=refused), answer("b", prompt="Add.", answers=called, tools=[tool]),
        feedback("a", better="2"), feedback("b", 1.0),
    ]  # fmt: skip
    rows, reasons = kept(project({DAY.format(2): lines}))
    assert not reasons and said(rows[0]) == ("2", None)
    assert rows[1]["messages"][-1]["tool_calls"][0]["function"]["name"] == "add" and rows[1]["tools"]
