"""Replies that a row calls bad are not learned; labels that are the task, and grades, judge nothing."""

import pytest

from pitchpipe_components.formats import FORMATS
from pitchpipe_stages.data.judged import Judged, bad, look
from tests.components.formats.published import without_notes

LOADERS = "loaders:\n  - files: {path: rows.jsonl}\n"


def chat(n, **more):
    turns = [
        {"role": "user", "content": f"What is {n}?"},
        {"role": "assistant", "content": f"It is the number {n}."},
    ]
    return {"messages": turns} | more


def made(row, name="messages"):
    return row, without_notes(FORMATS[name]()(row))


def found(values, column="label"):
    """Which of these values, one a row, take their rows out, after a look at all of them."""
    rows = [made(chat(n, **{column: value})) for n, value in enumerate(values)]
    judged = look(rows)
    return [row[column] for row, conversation in rows if bad(row, conversation, judged)]


@pytest.mark.parametrize(
    ("column", "values", "dropped"),
    [
        ("label", [True, False], [False]),
        ("kto_tag", [True, False], [False]),
        ("is_good", [True, False], [False]),
        ("isCorrect", [True, False], [False]),
        ("response_is_correct", [False], [False]),
        ("rejected", [True, False], [True]),
        ("quality", ["good", "bad", "Very poor"], ["bad", "Very poor"]),
        ("user_feedback", ["thumbs_up", "thumbs-down", "negative"], ["thumbs-down", "negative"]),
        ("rating", ["\U0001f44d", "\U0001f44e"], ["\U0001f44e"]),
        ("reward", [1, -1, 1.0, -1.0], [-1, -1.0]),
        ("vote", [1, 0, -1], [-1]),
        ("loss_weight", [0, 1, 0.5, 0.0, False], [0, 0.0, False]),
    ],
)  # fmt: skip
def test_what_says_bad_is_dropped(column, values, dropped):
    assert found(values, column) == dropped


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("label", [0, 1, 2, 1, 0]),  # classes
        ("label", [-1, -1]),  # a test set without labels
        ("label", ["negative", "positive"]),
        ("label", ["false", "true"]),
        ("sentiment", ["negative", "bad"]),
        ("sentiment_label", [False, True]),
        ("input_quality", ["poor", "good"]),
        ("question_quality", ["bad", "good"]),
        ("difficulty", ["bad", 1]),
        ("score", [0.1, 0.9]),
        ("similarity", [-1, 1]),
        ("toxic", [True, False]),
        ("accepted", [False, True]),  # one of many answers
        ("correct", [0, 3]),
        ("chosen", ["a", "b"]),
        ("label", [None, ""]),
        ("reward", [-7.5, 2.25]),
    ],
)  # fmt: skip
def test_what_means_something_else_is_kept(column, values):
    assert found(values, column) == []


def test_a_label_that_the_reply_says_is_the_task():
    rows = [
        made(
            {"instruction": f"Is {n} even?", "output": "yes" if n % 2 else "no", "label": n % 2 == 0},
            "alpaca",
        )
        for n in range(12)
    ]
    judged = look(rows)
    assert judged.passed_over == ["label"] and not any(bad(*row, judged) for row in rows)
    rows = [
        made({"instruction": f"Rate {n}.", "output": f"{n} is bad", "quality": "bad"}, "alpaca")
        for n in range(3)
    ]
    assert look(rows).passed_over == ["quality"]


def test_a_label_beside_choices_and_of_plain_text_judges_nothing():
    row, conversation = made(chat(1, label=False, choices=["a", "b"]))
    assert not bad(row, conversation, look([(row, conversation)]))
    texts = [made({"text": "Once upon a time.", "label": n}, "text") for n in (0, 1, False)]
    assert not any(bad(*text, Judged()) for text in texts) and look(texts).doubts == []


def test_one_of_two_replies_is_bad_by_itself():
    row, conversation = made(chat(1, rejected_response="No.", label=False))
    assert not bad(row, conversation, Judged())


def test_no_thumb_is_no_judgement():
    rows = [made(chat(n, thumbs_up=False, thumbs_down=n == 1)) for n in range(3)]
    judged = look(rows)
    assert [bool(bad(*row, judged)) for row in rows] == [False, True, False]


@pytest.mark.parametrize(
    ("column", "values", "cure"),
    [
        ("rating", [1, 2, 5], "`threshold: {of: rating, min_value: 3}`"),
        ("reward", [-7.5, 2.25], "`threshold: {of: reward, min_value: 0}`"),
        ("label", [0, 1], "`undesired: {label: 0}`"),
        ("label", ["negative", "positive"], "`undesired: {label: negative}`"),
    ],
)  # fmt: skip
def test_what_may_be_a_judgement_is_told_with_the_line_that_decides_it(column, values, cure):
    (doubt,) = look([made(chat(n, **{column: value})) for n, value in enumerate(values)]).doubts
    assert cure in doubt and "undesired: keep" in doubt


@pytest.mark.parametrize(
    ("column", "values"), [("label", [0, 1, 2]), ("difficulty", [1, 5]), ("score", [1, 1])]
)
def test_what_judges_nothing_is_told_nothing(column, values):
    assert look([made(chat(n, **{column: value})) for n, value in enumerate(values)]).doubts == []


def test_a_run_drops_undesired_replies_and_the_recipe_can_say_otherwise(project):
    rows = [chat(n, label=n % 2 == 0, rating=n) for n in range(8)]
    here = project({"recipe.yaml": LOADERS, "rows.jsonl": rows})
    said = " ".join(here.run("prepare", "recipe.yaml").assert_success().out.split())
    assert (
        "undesired reply, says label" in said
        and "rows that label calls bad, and that are not learned: 4" in said
    )
    assert "`threshold: {of: rating, min_value: 3.5}`" in said

    def kept(option):
        here.write({"recipe.yaml": LOADERS.replace("rows.jsonl", f"rows.jsonl, undesired: {option}")})
        here.run("prepare", "recipe.yaml").assert_success()
        return [row["meta"]["rating"] for row in here.rows("runs/recipe/prepared/train.jsonl")]

    here.write({"recipe.yaml": LOADERS + "filters:\n  - threshold: {of: rating, min_value: 0}\n"})
    assert "may grade" not in here.run("prepare", "recipe.yaml").assert_success().out
    assert kept("drop") == [0, 2, 4, 6]
    assert kept("keep") == list(range(8))
    assert kept("{rating: [0, 1]}") == list(range(2, 8))


def test_what_the_recipe_calls_undesired_must_be_there(project):
    here = project({"rows.jsonl": [chat(1, label=True)]})
    here.write({"recipe.yaml": LOADERS.replace("rows.jsonl", "rows.jsonl, undesired: {lable: false}")})
    here.run("prepare", "recipe.yaml").assert_failed(
        "recipe.yaml:2: undesired: no row of 'rows.jsonl' has a column 'lable'. Did you mean 'label'?"
    )
    here.write({"recipe.yaml": LOADERS.replace("rows.jsonl", "rows.jsonl, undesired: {label: bad}")})
    assert (
        "undesired: {label: bad} is what no row says"
        in here.run("prepare", "recipe.yaml").assert_success().out
    )
